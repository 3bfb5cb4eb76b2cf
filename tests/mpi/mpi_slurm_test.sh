#!/bin/bash
# One allocation of a real Slurm, which SLURM_CONF names: mpirun inside sbatch, the allocation about to end, srun --mpi=pmix.
# usage: mpi_slurm_test.sh STUNE_PROGRAM
ours=$(cd "$(dirname "$0")" && pwd)
. "$ours/../loop/lib.sh" "$1"
. "$here/kill9.sh"
. "$ours/faults.sh"
[[ -n ${SLURM_CONF:-} ]] || fail "SLURM_CONF names no cluster"
trials=20
name=stune_mpi_$SRANDOM
tear_down() { scancel --me --name=$name; }

cat >job.sh <<END
#!/bin/bash
#SBATCH --ntasks=4 --nodes=2 --job-name=$name --output=out.txt --open-mode=append
export STUNE_LOOP_TEST=$mark
exec mpirun -n 4 "$program" run --runner mpi --param "x = float(0, 1)" --param "k = int(0, 1000)" --minimize loss \
  --method sobol --seed 7 --trials $trials --name kill9 --quiet -- "$here/counted_trial.sh" "$PWD/counts" {x} {k}
END
mkdir counts
: >log.txt >out.txt
resumes=1 kills=0

# --- the allocation is about to end: what runs ends in peace, the next allocation goes on
job=$(sbatch --parsable job.sh) || fail "sbatch"
until_true 'journal_lines; ((lines > 12))'
scancel --batch --signal=USR1 "$job"
until_true '[[ -z $(squeue -h -j '"$job"' 2>/dev/null) ]]'
claim_says "a signal before the end" "$(cat out.txt)" "Interrupted"
sbatch --wait job.sh >submitted.txt || fail "the second allocation: $(cat submitted.txt)"
check_exactness $trials
claim "ends other than by their own will" "$(grep -o '"cause":"[a-z_]*"' "$experiment/journal.jsonl" | sort -u)" '"cause":"completed"'
report $trials

# --- begun as jobs of Slurm's, continued on ranks that srun starts itself, then here, then as jobs again
step=(--param "x = float(0, 1)" --minimize loss --method sobol --name step --quiet)
tell=(-- /bin/sh -c 'stune metric loss="$0"' {x})
on_ranks() { # OPTIONS of srun
  STUNE_LOOP_TEST=$mark srun --nodes=1 --ntasks=3 "$@" "$program" run --runner mpi "${step[@]}" --trials 6 "${tell[@]}" >step.txt 2>&1
}
stune run --runner slurm "${step[@]}" --trials 2 --sbatch "--job-name=$name" "${tell[@]}" >step.txt 2>&1 || fail "begin on Slurm: $(cat step.txt)"
on_ranks --mpi=none
claim_says "srun without MPI" "$(cat step.txt)" 'srun --mpi=pmix stune run'
on_ranks --mpi=pmix
claim "exit code of srun --mpi=pmix" $? 0
claim "completed on Slurm and under srun" "$(count_status step completed)" 6
stune resume step --runner local --trials 8 --quiet >step.txt 2>&1 || fail "continue here: $(cat step.txt)"
stune resume step --runner slurm --trials 9 --quiet >step.txt 2>&1 || fail "continue on Slurm: $(cat step.txt)"
claim "completed in the end" "$(count_status step completed)" 9

# --- a worker dies: Slurm's PMIx ends all, whatever srun is told; the same command goes on
cat >patient.sh <<'END'
#!/bin/bash
until [[ -e go ]]; do read -rt 0.02 <> <(:); done
stune metric loss=1
END
chmod +x patient.sh
patient() { # runs it, or goes on
  exec env STUNE_LOOP_TEST=$mark srun --nodes=1 --ntasks=3 --mpi=pmix --kill-on-bad-exit=0 "$program" run --runner mpi \
    --param "x = float(0, 1)" --minimize loss --method sobol --trials 4 --name dies --quiet -- ./patient.sh >dies.txt 2>&1
}
worker_pid() { # of rank 1
  local file pid
  for file in $(grep -lsz "^STUNE_LOOP_TEST=$mark\$" /proc/[0-9]*/environ 2>/dev/null); do
    pid=${file%/environ} pid=${pid#/proc/}
    grep -qsz '^PMIX_RANK=1$' "$file" && [[ $(readlink "/proc/$pid/exe") == */stune-mpi ]] && echo "$pid"
  done 2>/dev/null
}
patient &
coordinator=$!
until_true '[[ $(count_status dies running 2>/dev/null) -ge 2 ]]'
kill -KILL "$(worker_pid)" || fail "rank 1 was not there to be killed"
wait "$coordinator"
claim "exit code of srun where a rank has died" "$(($? != 0))" 1
claim_says "a rank that has died" "$(cat dies.txt)" 'worker rank 1 .* has died'
claim "advice that would not help" "$(grep -c 'they go on' dies.txt)" 0
claim "state where a rank has died" "$(state dies)" paused
touch go
(patient) || fail "the same command again: $(cat dies.txt)"
claim "completed where a rank had died" "$(count_status dies completed)" 4

# --- trials that are MPI programs themselves, on two ranks each of one allocation
cat >ranks.sh <<'END'
#!/bin/sh
stune metric loss="$($STUNE_MPIRUN sh -c 'echo one' | grep -c one)"
END
cat >nested.sh <<END
#!/bin/bash
#SBATCH --ntasks=5 --nodes=2 --job-name=$name --output=nested.txt
export STUNE_LOOP_TEST=$mark
exec mpirun -n 5 "$program" run --ranks-per-trial 2 --param "x = float(0, 1)" --minimize loss --method sobol --trials 3 \
  --name nested --quiet -- ./ranks.sh
END
chmod +x ranks.sh
sbatch --wait nested.sh >submitted.txt || fail "trials of several ranks: $(cat nested.txt)"
claim "ranks that trials started" "$(trial_lines nested | cut -f3 | sort -u)" 2.0
echo "$claims claims hold"
