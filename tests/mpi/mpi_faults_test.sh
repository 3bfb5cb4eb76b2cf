#!/bin/bash
# Ranks of an MPI run are killed at moments that a seed chooses; in the end every trial has one result, the right one.
# usage: mpi_faults_test.sh STUNE_PROGRAM [SEEDS]; the long version: 20
ours=$(cd "$(dirname "$0")" && pwd)
. "$ours/../loop/lib.sh" "$1"
. "$here/kill9.sh"
. "$ours/faults.sh"
seeds=${2:-1}
trials=30
top=$PWD

for ((seed = 1; seed <= seeds; ++seed)); do
  RANDOM=$seed
  mkdir -p "$top/$seed/counts" && cd "$top/$seed" || exit 1
  : >out.txt >log.txt
  resumes=0 kills=0 notes=
  begin_ranks --trials $trials

  # --- workers die, of SIGKILL and of SIGSEGV: the others go on
  for worker in $((1 + RANDOM % 3)) $((1 + RANDOM % 3)); do
    await_lines $((6 + RANDOM % 10))
    pause 0.0$((RANDOM % 6))
    signal=$(((RANDOM % 2)) && echo KILL || echo SEGV)
    kill_rank $signal "$worker" && kills=$((kills + 1)) notes+=" $signal:$worker"
  done

  # --- rank 0 dies: the same command goes on
  await_lines $((4 + RANDOM % 8))
  kill_rank KILL 0 && kills=$((kills + 1)) resumes=$((resumes + 1)) notes+=" KILL:0"
  wait "$coordinator"
  begin_ranks --trials $trials

  # --- the allocation is about to end: what runs ends, nothing new starts, and the same command goes on
  await_lines $((4 + RANDOM % 8))
  signal=$(((RANDOM % 2)) && echo TERM || echo USR1)
  kill -$signal "$coordinator" 2>/dev/null && notes+=" $signal:mpirun"
  wait "$coordinator"
  notes+=" after $(count_status "$experiment" completed) trials"
  resumes=$((resumes + 1))
  begin_ranks --trials $trials
  wait "$coordinator"
  claim "state in the end" "$(state "$experiment")" finished # mpirun's exit code tells nothing where ranks may die
  check_exactness $trials
  echo "seed $seed:$notes"
  report $trials
done
echo "$claims claims hold"
