#!/bin/bash
# What the loop costs beside a plain shell loop of sbatch: the same jobs, the same number in flight, one after the other, on a
# cluster of its own. Ends with 1 where stune takes more than 1.2 times as long.
# usage: load_slurm.sh STUNE_PROGRAM [JOBS [IN_FLIGHT]]   (default 2000 64)
. "$(dirname "$0")/lib.sh" "$1"
jobs=${2:-2000} in_flight=${3:-64}
cluster=$here/../support/slurm_cluster.sh place=$work/slurm
tear_down() { "$cluster" stop "$place"; }
evidence() { tail -n 20 log.txt out.txt; }
"$cluster" start "$place" MaxJobCount=20000 || exit 1
eval "$("$cluster" env "$place")"
renice -n 19 $$ >/dev/null # as stune does: whatever else runs here is in the way of both alike

plain_loop() { # what one would type: a done file for each job, and sbatch whenever fewer than IN_FLIGHT have not ended
  local submitted=0 ended all=()
  mkdir done
  printf '#!/bin/sh\nsleep 0.1\n: >%q/$1\n' "$PWD/done" >job.sh
  while :; do
    all=(done/*)
    ended=${#all[@]}
    [[ -e ${all[0]} ]] || ended=0
    ((ended < jobs)) || break
    while ((submitted < jobs && submitted - ended < in_flight)); do
      sbatch -Q -o /dev/null job.sh $submitted || return 1
      submitted=$((submitted + 1))
    done
    pause 0.2
  done
}

now() { local t=${EPOCHREALTIME/./}; echo $((t / 1000)); }
begin=$(now)
plain_loop || fail "sbatch"
plain=$(($(now) - begin))
begin=$(now)
stune run --name load --param "x = float(0, 1)" --minimize loss --method sobol --runner slurm --submit-rate 0 --trials "$jobs" \
  --parallel "$in_flight" --quiet -- sh -c 'sleep 0.1; stune metric loss=$STUNE_x' >out.txt 2>log.txt || fail "stune run"
tuned=$(($(now) - begin))
claim "completed" "$(count_status load completed)" "$jobs"
status=$(stune status load)
printf '%-22s %8s %8s\n' "$jobs jobs, $in_flight at once" plain stune
printf '%-22s %8s %8s\n' "seconds" $((plain / 1000)) $((tuned / 1000))
ratio=$(awk -v a=$tuned -v b=$plain 'BEGIN {printf "%.2f", a / b}')
printf '%-22s %8s %8s\n' "ratio" 1.00 "$ratio"
printf '%-22s %8s %8s\n' "calls of sbatch" "$jobs" "$(grep -oE '[0-9]+ sbatch' <<<"$status" | cut -d' ' -f1)"
grep -E 'queue  |cost  ' <<<"$status"
claim "at most 1.2 times as long" "$((tuned * 10 <= plain * 12))" 1
