#!/bin/bash
# The test cluster itself behaves like a Slurm: needs SLURM_CONF of a running one.
set -u
cd "$(mktemp -d)" || exit 1
trap 'rm -rf "$PWD"' EXIT

fail() { echo "FAILED: $*" >&2; squeue >&2; exit 1; }
until_true() { # SECONDS COMMAND: bounded wait for what Slurm does in its own time
  local end=$((SECONDS + $1))
  shift
  until eval "$1"; do
    ((SECONDS < end)) || fail "still not: $1"
    sleep 0.2
  done
}
submit() { sbatch --parsable -o %A_%a.out "$@"; }
accounted() { sacct -n -X -P -D -j "$1" -o State | sort | uniq -c | tr -s ' \n' ' ' | sed 's/^ //; s/ $//'; }

job=$(submit --wrap 'echo "$SLURMD_NODENAME $SLURM_JOB_ACCOUNT"') || fail "sbatch refused a job"
array=$(submit --array=0-9 --wrap 'exit $((SLURM_ARRAY_TASK_ID == 3))')
victim=$(submit --wrap 'sleep 1000')
again=$(submit --requeue --wrap 'test "${SLURM_RESTART_COUNT:-0}" = 1 || sleep 1000')

until_true 30 '[[ $(accounted $job) == "1 COMPLETED" ]]'
grep -qE '^n[1-4] stune$' "$job"_*.out || fail "the job's output: $(cat "$job"_*.out)"
until_true 30 '[[ $(accounted $array) == "9 COMPLETED 1 FAILED" ]]'

until_true 30 '[[ $(squeue -h -j $victim -o %T) == RUNNING && $(squeue -h -j $again -o %T) == RUNNING ]]'
scancel "$victim" || fail scancel
scontrol requeue "$again" || fail requeue
until_true 30 '[[ $(accounted $victim) == "1 CANCELLED by '"$(id -u)"'" ]]'
until_true 60 '[[ $(accounted $again) == "1 COMPLETED 1 REQUEUED" ]]'
echo "job, array, scancel and requeue behave"
