#!/bin/bash
# Ranks of an MPI run are killed at moments that a seed chooses; in the end every trial has one result, the right one.
# usage: mpi_faults_test.sh STUNE_PROGRAM [SEEDS [FIRST]]; the long version: 20
ours=$(cd "$(dirname "$0")" && pwd)
. "$ours/../loop/lib.sh" "$1"
. "$here/kill9.sh"
. "$ours/faults.sh"
seeds=${2:-1} first_seed=${3:-1}
trials=80
top=$PWD
[[ $recovery == --enable-recovery ]] || { echo "skipped: with this mpirun all ranks end when one dies"; exit 0; }

for ((seed = first_seed; seed < first_seed + seeds; ++seed)); do
  RANDOM=$seed
  mkdir -p "$top/$seed/counts" && cd "$top/$seed" || exit 1
  : >out.txt >log.txt
  resumes=0 kills=0 notes=
  begin_ranks --trials $trials

  # --- two workers die, of SIGKILL or of SIGSEGV: the others go on
  one=$((1 + RANDOM % 4))
  for worker in $one $((1 + (one + RANDOM % 3) % 4)); do
    await_lines $((6 + RANDOM % 10))
    pause 0.0$((RANDOM % 6))
    kill_worker $(((RANDOM % 2)) && echo KILL || echo SEGV) "$worker"
  done

  # --- rank 0 dies: all end, and the same command goes on
  await_lines $((4 + RANDOM % 8))
  pause 0.0$((RANDOM % 6))
  signal=$(((RANDOM % 2)) && echo KILL || echo SEGV)
  kill_rank $signal 0
  kills=$((kills + 1)) resumes=$((resumes + 1)) notes+=" $signal:0"
  wait "$coordinator"
  begin_ranks --trials $trials

  # --- the allocation is about to end: what runs ends, nothing new starts, and the same command goes on
  await_lines $((4 + RANDOM % 8))
  signal=$(((RANDOM % 2)) && echo TERM || echo USR1)
  kill -$signal "$coordinator" || fail "mpirun had ended already"
  wait "$coordinator"
  claim "processes left after SIG$signal" "$(processes)" ""
  notes+=" $signal:mpirun after $(count_status "$experiment" completed) trials"
  resumes=$((resumes + 1))
  begin_ranks --trials $trials
  wait "$coordinator"
  claim "state in the end" "$(state "$experiment")" finished # mpirun's exit code tells nothing where ranks may die
  check_exactness $trials
  claim "kills" $kills 3
  echo "seed $seed:$notes"
  report $trials
done
echo "$claims claims hold"
