#!/bin/bash
# Everything at once: kill -9 of the loop, commands of Slurm that die, lie and say nothing, jobs requeued while they run, a
# controller that stops answering. Nothing may be lost, nothing doubled. A real Slurm, which SLURM_CONF names, and which nobody
# else may use meanwhile. usage: chaos_slurm_test.sh STUNE_PROGRAM [KILLS [TRIALS]]; the long version: 30 300
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"
. "$here/slurm.sh"

kills_wanted=${2:-5} trials=${3:-24} patience=${STUNE_TEST_PATIENCE:-120}
restarts_happen=yes
mkdir faulty tools
for tool in sbatch squeue sacct scancel; do ln -s "$here/faulty_slurm.sh" "tools/$tool"; done
export FAULTY_FOLDER=$work/faulty FAULTY_PATH=$PATH FAULTY_SEED=${STUNE_TEST_SEED:-7}
cluster=$here/../support/slurm_cluster.sh place=$(dirname "$SLURM_CONF")
: >faulty/done

tear_down_jobs=$(declare -f tear_down)
eval "${tear_down_jobs/tear_down/cancel_jobs}"
tear_down() {
  [[ -n ${poker:-} ]] && kill "$poker" 2>/dev/null
  "$cluster" thaw "$place" slurmctld
  cancel_jobs
}

poke() { # what happens to jobs and to the controller meanwhile
  local job running
  RANDOM=$((FAULTY_SEED + 1))
  while :; do
    pause "0.$((RANDOM % 800 + 199))"
    if ((RANDOM % 12)); then
      mapfile -t running < <(squeue --me -h -t R -o %A)
      ((${#running[@]})) || continue
      job=${running[RANDOM % ${#running[@]}]}
      scontrol requeue "$job" 2>/dev/null && echo "a job requeued while it runs" >>faulty/done
    else
      "$cluster" freeze "$place" slurmctld
      pause $((RANDOM % 3 + 1))
      "$cluster" thaw "$place" slurmctld
      echo "slurmctld frozen and thawed" >>faulty/done
    fi
  done
}

since=$(date +%Y-%m-%dT%H:%M:%S) begin=$SECONDS
poke &
poker=$!
PATH=$work/tools:$PATH
kill_and_resume "$kills_wanted" $((3 * trials / kills_wanted)) --runner slurm --trials "$trials" --parallel 8 --poll 1,1.5,5 \
  --submit-rate 0 --tolerated-failure-rate 0 --sbatch --requeue
PATH=$FAULTY_PATH
kill "$poker" && wait "$poker" 2>/dev/null
poker=
check_exactness "$trials"
check_jobs "$experiment" "$since"
# A start has come to its end once that is on record; a job that is requeued a moment before starts again, and rightly so.
again() {
  local record start next
  for record in "$experiment"/trials/*/attempt-*/exit.*.json; do
    grep -q '"exit_code":0,"signal":0,.*"error":"","signals":\[\]' "$record" || continue
    start=${record##*/exit.}
    next=${record%/*}/claim.$((${start%.json} + 1))
    [[ -e $next ]] && ! grep -q '"job":""' "$next" && echo "$next"
  done
}
claim "starts of an attempt after its end" "$(again)" ""
echo "$(cat counts/end.* | wc -l) starts came to their last line, for $trials results"
sort faulty/done | uniq -c | sort -rn
report "$trials"
echo "$jobs jobs in Slurm's accounting; seed $FAULTY_SEED, $((SECONDS - begin)) s"
