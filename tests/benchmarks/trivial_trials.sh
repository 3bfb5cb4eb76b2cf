#!/bin/bash
# What the loop itself costs: trials that do nothing but tell a number, placed as processes of this machine.
# usage: trivial_trials.sh STUNE_PROGRAM [TRIALS [PARALLEL]]        prints one number a line; works in a folder of its own
set -eu
export LC_ALL=C
stune=$(readlink -f "$1") trials=${2:-1000} parallel=${3:-8}
work=$(mktemp -d "${TMPDIR:-/tmp}/stune-trivial.XXXXXX")
trap 'cd / && rm -rf "$work"' EXIT
cd "$work"

# As /bin/true would, each trial ends at once; but a trial without a result has failed.
printf '#!/bin/sh\nexec stune metric loss=1\n' >trivial.sh
chmod +x trivial.sh

begun=$EPOCHREALTIME
"$stune" run --param "x = float(0, 1)" --minimize loss --method sobol --seed 1 --runner local --name trivial \
  --trials "$trials" --parallel "$parallel" --quiet -- ./trivial.sh >out.txt 2>log.txt &
coordinator=$!
# Its own processor time, without that of the trials: the last that /proc knew, at most a hundredth of a second old.
while { read -r line <"/proc/$coordinator/stat"; } 2>/dev/null; do
  stat=$line
  read -rt 0.01 <> <(:) || :
done
ended=$EPOCHREALTIME
wait "$coordinator"
set -- ${stat##*) }
ticks=$((${12} + ${13}))

# Microseconds since 1970; the first call of the runner follows at once on the intent in the journal.
first=$(sed -nE 's/.*"at":([0-9]+),"type":"intended".*/\1/p;T;q' trivial.stune/journal.jsonl)
running=$(sed -nE 's/.*"at":([0-9]+),"type":"job".*"state":"running".*/\1/p;T;q' trivial.stune/journal.jsonl)
completed=$(grep -c '"status":"completed"' trivial.stune/journal.jsonl)
awk -v trials="$trials" -v begun="$begun" -v ended="$ended" -v ticks="$ticks" -v hertz="$(getconf CLK_TCK)" -v first="$first" \
  -v running="$running" -v completed="$completed" 'BEGIN {
    printf "trials completed              %d of %d\n", completed, trials
    printf "wall time                     %.2f s\n", ended - begun
    printf "coordinator CPU per trial     %.3f ms\n", 1000 * ticks / hertz / trials
    printf "start to first submission     %.3f s\n", first / 1e6 - begun
    printf "start to first running trial  %.3f s\n", running / 1e6 - begun }'
[[ $completed == "$trials" ]]
