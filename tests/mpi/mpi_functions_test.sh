#!/bin/bash
# Rank 0 of a program whose trials are functions is killed while they run, again and again; the program is started again, and in
# the end every trial has one result. usage: mpi_functions_test.sh STUNE_PROGRAM FUNCTIONS_PROGRAM
ours=$(cd "$(dirname "$0")" && pwd)
functions=$(readlink -f "$2")
. "$ours/../loop/lib.sh" "$1"
. "$ours/faults.sh"
experiment=functions.stune rank_program=$(basename "$functions")
evidence() { tail -n 20 log.txt; stune trials functions; }
ended() { grep -s '"type":"ended"' $experiment/journal.jsonl | wc -l; }

for target in 3 9 20; do
  STUNE_LOOP_TEST=$mark "$mpirun" -n 4 "$functions" >>log.txt 2>&1 &
  coordinator=$!
  until_true '(($(ended) >= '$target'))'
  until_true 'first=$(rank_pid 0) && [[ $first ]]' # so many may have ended in the run before
  kill -KILL "$first" || fail "rank 0 ($first) was not there to be killed"
  wait "$coordinator"
  until_true '[[ -z $(processes) ]]'
  kills=$((kills + 1))
done
claim "trials without a result after $kills kills of rank 0" "$(($(ended) < 30))" 1
STUNE_LOOP_TEST=$mark "$mpirun" -n 4 "$functions" >>log.txt 2>&1
claim "exit code of the last run" $? 0
claim "completed" "$(count_status functions completed)" 30
claim "trials" "$(trial_lines functions | wc -l)" 30
claim "trials ended twice" "$(grep -o '"type":"ended","trial":[0-9]*' $experiment/journal.jsonl | sort | uniq -d)" ""
echo "$claims claims hold"
