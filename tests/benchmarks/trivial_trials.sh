#!/bin/bash
# What the loop itself costs: trials that do nothing but tell a number, placed as processes of this machine.
# usage: trivial_trials.sh STUNE_PROGRAM [TRIALS [PARALLEL [RUNS]]]
# Prints a line a run, then the medians; works in a folder of its own. Nothing is removed between the runs: ext4 looks again
# at each inode that was freed within the last minutes whenever it makes a file, which would be counted as ours.
set -eu
export LC_ALL=C
stune=$(readlink -f "$1") trials=${2:-1000} parallel=${3:-8} runs=${4:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/stune-trivial.XXXXXX")
trap 'cd / && rm -rf "$work"' EXIT

# As /bin/true would, each trial ends at once; but a trial without a result has failed.
printf '#!/bin/sh\nexec stune metric loss=1\n' >"$work/trivial.sh"
chmod +x "$work/trivial.sh"

run() { # one number a column: wall time, CPU per trial, first submission, first running trial
  local begun=$EPOCHREALTIME ended coordinator line stat first running completed
  "$stune" run --param "x = float(0, 1)" --minimize loss --method sobol --seed 1 --runner local --name trivial \
    --trials "$trials" --parallel "$parallel" --quiet -- ../trivial.sh >out.txt 2>log.txt &
  coordinator=$!
  # Its own processor time, without that of the trials: the last that /proc knew, at most a hundredth of a second old.
  while { read -r line <"/proc/$coordinator/stat"; } 2>/dev/null; do
    stat=$line
    read -rt 0.01 <> <(:) || :
  done
  ended=$EPOCHREALTIME
  wait "$coordinator"
  set -- ${stat##*) }
  # Microseconds since 1970; the first call of the runner follows at once on the intent in the journal.
  first=$(sed -nE 's/.*"at":([0-9]+),"type":"intended".*/\1/p;T;q' trivial.stune/journal.jsonl)
  running=$(sed -nE 's/.*"at":([0-9]+),"type":"job".*"state":"running".*/\1/p;T;q' trivial.stune/journal.jsonl)
  completed=$(grep -c '"status":"completed"' trivial.stune/journal.jsonl)
  [[ $completed == "$trials" ]] || { echo "$completed of $trials trials completed" >&2; return 1; }
  awk -v trials="$trials" -v begun="$begun" -v ended="$ended" -v ticks="$((${12} + ${13}))" -v hertz="$(getconf CLK_TCK)" \
    -v first="$first" -v running="$running" 'BEGIN {
      printf "%8.2f s %10.3f ms %14.3f s %14.3f s\n", ended - begun, 1000 * ticks / hertz / trials, first / 1e6 - begun,
             running / 1e6 - begun }'
}

median() { # of a column of the table
  awk -v column="$1" '{ print $column }' "$work/table" | sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

echo "$trials trivial trials, $parallel at a time, Sobol; every one completed"
echo "      wall  CPU per trial  to first submission  to first running trial"
for ((i = 0; i < runs; ++i)); do
  mkdir "$work/$i"
  cd "$work/$i"
  run | tee -a "$work/table"
done
echo "medians: $(median 1) s, coordinator CPU $(median 3) ms per trial, $(median 5) s to the first submission"
