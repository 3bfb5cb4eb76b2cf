#!/bin/bash
# The model proposes while eight workers run trials: as good a value is found as with local processes. Not the same one: what
# is known when a trial is made depends on who was faster. usage: mpi_model_test.sh STUNE_PROGRAM
ours=$(cd "$(dirname "$0")" && pwd)
. "$ours/../loop/lib.sh" "$1"
. "$ours/faults.sh"
evidence() { tail -n 15 ./*.txt; }
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
trials=60 lowest=-3.32237 bar=0.5 # sixty points of Sobol's sequence leave 0.9 or more

found() { stune best "$1" --json | sed -nE 's/.*"value":(-?[0-9.e+-]+).*/\1/p'; } # EXPERIMENT
claim_near() { # WHAT EXPERIMENT
  claim "regret with $1 below $bar" "$(awk -v f="$(found "$2")" -v l=$lowest -v b=$bar 'BEGIN { r = f - l; print (r < b ? "yes" : r) }')" yes
  echo "regret with $1: $(awk -v f="$(found "$2")" -v l=$lowest 'BEGIN { printf "%.3f", f - l }')"
}

options=("$examples/hartmann6.sh" --trials $trials --parallel 8 --seed 1 --quiet)
STUNE_LOOP_TEST=$mark "$mpirun" -n 9 "$program" run "${options[@]}" --folder ranks.stune >ranks.txt 2>&1
claim "exit code on ranks" $? 0
claim "completed on ranks" "$(count_status ranks completed)" $trials
claim "trials that the model made" "$(($(grep '"type":"trial"' ranks.stune/journal.jsonl | grep -vcE '"generator":"(Center|Sobol)"') > trials / 2))" 1
claim_near "eight ranks" ranks
stune run "${options[@]}" --runner local --folder local.stune >local.txt 2>&1
claim "exit code of local processes" $? 0
claim_near "local processes" local
echo "$claims claims hold"
