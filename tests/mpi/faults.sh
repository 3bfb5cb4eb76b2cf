# Sourced: an experiment on MPI ranks that are killed again and again. Needs tests/loop/lib.sh and kill9.sh.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
mpirun=${STUNE_TEST_MPIRUN:-mpirun}
ranks=4
# What lets the others go on where one has died.
case $("$mpirun" --version 2>&1) in
  *HYDRA*) recovery=-disable-auto-cleanup ;;
  *) recovery=--enable-recovery ;;
esac
resumes=0

state() { stune status "$1" --json | sed -nE 's/.*"state":"([a-z]*)".*/\1/p'; } # EXPERIMENT

rank_pid() { # RANK: of this test; empty if it is dead
  local file pid
  for file in /proc/[0-9]*/environ; do
    pid=${file%/environ} pid=${pid#/proc/}
    if grep -qsz "^STUNE_LOOP_TEST=$mark\$" "$file" 2>/dev/null && grep -qszE "^(OMPI_COMM_WORLD_RANK|PMI_RANK)=$1\$" "$file" &&
      [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */stune-mpi ]]; then
      echo "$pid"
      return
    fi
  done 2>/dev/null
}

begin_ranks() { # OPTIONS of run
  STUNE_LOOP_TEST=$mark "$mpirun" "$recovery" -n "$ranks" "$program" run --runner mpi --param "x = float(0, 1)" \
    --param "k = int(0, 1000)" --minimize loss --method sobol --seed 7 --name kill9 --quiet "$@" -- \
    "$here/counted_trial.sh" "$PWD/counts" {x} {k} >>out.txt 2>>log.txt &
  coordinator=$!
}

await_lines() { # COUNT: more lines of the journal, while it runs
  local target
  journal_lines
  target=$((lines + $1))
  while journal_lines && ((lines < target)) && kill -0 "$coordinator" 2>/dev/null; do pause 0.005; done
}

kill_rank() { # SIGNAL RANK: true if it was there
  local pid
  pid=$(rank_pid "$2")
  [[ $pid ]] && kill "-$1" "$pid" 2>/dev/null
}
