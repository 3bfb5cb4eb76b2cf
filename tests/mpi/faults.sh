# Sourced: an experiment on MPI ranks that are killed again and again. Needs tests/loop/lib.sh and kill9.sh.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
mpirun=${STUNE_TEST_MPIRUN:-mpirun}
ranks=5
rank_program=stune-mpi
# What lets the others go on where one has died.
case $("$mpirun" --version 2>&1) in
  *HYDRA*) recovery=-disable-auto-cleanup ;;
  *) recovery=--enable-recovery ;;
esac
resumes=0 kills=0

state() { stune status "$1" --json | sed -nE 's/.*"state":"([a-z]*)".*/\1/p'; } # EXPERIMENT

rank_pid() { # RANK: of this test; empty if it is dead
  local file pid
  for file in $(grep -lsz "^STUNE_LOOP_TEST=$mark\$" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${file%/environ} pid=${pid#/proc/}
    if grep -qszE "^(OMPI_COMM_WORLD_RANK|PMI_RANK)=$1\$" "$file" && [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */"$rank_program" ]]; then
      echo "$pid"
      return
    fi
  done 2>/dev/null
}

begin_ranks() { # OPTIONS of run
  STUNE_LOOP_TEST=$mark "$mpirun" "$recovery" -n "$ranks" "$program" run --runner mpi --param "x = float(0, 1)" \
    --param "k = int(0, 1000)" --minimize loss --method sobol --seed 7 --name kill9 --quiet "$@" -- \
    "$ours/held_trial.sh" "$PWD/counts" {x} {k} >>out.txt 2>>log.txt &
  coordinator=$!
}

await_lines() { # COUNT: more lines of the journal, while it runs
  local target
  journal_lines
  target=$((lines + $1))
  while journal_lines && ((lines < target)) && kill -0 "$coordinator" 2>/dev/null; do pause 0.005; done
}

is_below() { # PID ANCESTOR
  local pid=$1
  while ((pid > 1)); do
    [[ $pid == "$2" ]] && return
    pid=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status" 2>/dev/null) || return
    [[ $pid ]] || return
  done
  return 1
}

held_by() { # PID of a worker: sets `held` to TRIAL.ATTEMPT of what it runs, which waits; false if nothing does
  local file
  for file in counts/held.*; do
    [[ $file == *.part || ! -e $file ]] && continue
    held=${file#counts/held.}
    is_below "$(<"$file")" "$1" && return
  done
  return 1
}

attempt_on() { # TRIAL ATTEMPT: the rank that ran it, as the journal tells; empty if none did
  grep -F "\"type\":\"job\",\"trial\":$1,\"attempt\":$2," "$experiment/journal.jsonl" | grep -oE '"rank":"[0-9]+"' | tail -n 1 | tr -dc 0-9
}

# A worker dies with a trial, whose end is held back so that it is certain to be unfinished. The run goes on: rank 0 is the
# same process, and another rank runs the trial's second attempt.
kill_worker() { # SIGNAL RANK
  local worker first held trial attempt
  touch hold
  worker=$(rank_pid "$2") first=$(rank_pid 0)
  [[ $worker && $first ]] || fail "rank 0 (pid $first) and rank $2 (pid $worker) should be there"
  until_true 'held_by '"$worker"
  trial=${held%.*} attempt=${held#*.}
  claim "rank of attempt $held before it dies" "$(until_true '[[ $(attempt_on '"$trial $attempt"') ]]'; attempt_on "$trial" "$attempt")" "$2"
  kill "-$1" "$worker" || fail "rank $2 (pid $worker) was not there to be killed"
  until_true '[[ ! -e /proc/'"$worker"'/exe ]]' # or is a zombie
  rm hold
  kills=$((kills + 1)) notes+=" $1:$2(${held})"
  until_true '[[ $(attempt_on '"$trial $((attempt + 1))"') ]]'
  claim "who runs trial $trial after rank $2 has died with it" "$([[ $(attempt_on "$trial" $((attempt + 1))) != "$2" ]] && echo another)" another
  journal_lines
  until_true 'journal_lines; ((lines >= '$((lines + 4))'))'
  claim "the process that was rank 0 before rank $2 died" "$(readlink "/proc/$first/exe" | sed 's,.*/,,')" stune-mpi
}

kill_rank() { # SIGNAL RANK
  local pid
  touch hold # that the run does not end while we look
  pid=$(rank_pid "$2")
  rm hold
  [[ $pid ]] && kill "-$1" "$pid" || fail "rank $2 was not there to be killed"
}
