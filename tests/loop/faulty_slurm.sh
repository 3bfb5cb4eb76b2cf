#!/bin/bash
# Stands before a command of Slurm, under its name, and breaks it now and then; FAULTY_SEED and the number of the call choose how.
# Needs FAULTY_FOLDER (counts, and what was done) and FAULTY_PATH (where the real commands are).
tool=${0##*/}
real=$(PATH=$FAULTY_PATH command -v "$tool") || exit 127
printf . >>"$FAULTY_FOLDER/calls.$tool"
call=$(stat -c %s "$FAULTY_FOLDER/calls.$tool")
RANDOM=$((FAULTY_SEED + 7919 * call))
dice=$((RANDOM % 100))

did() { echo "$tool $1" >>"$FAULTY_FOLDER/done"; }
die() { kill -KILL $$; }
error() { echo "$tool: error: $1" >&2; exit 1; }

case $tool in
  sbatch)
    if ((dice < 6)); then did "killed before it submits"; die
    elif ((dice < 14)); then did "killed after it has submitted"; "$real" "$@" >/dev/null 2>&1; die
    elif ((dice < 18)); then did "says nothing"; "$real" "$@" >/dev/null 2>&1; exit 0
    elif ((dice < 24)); then did "times out, the job exists"; "$real" "$@" >/dev/null 2>&1
      error "Batch job submission failed: Socket timed out on send/recv operation"
    elif ((dice < 28)); then did "times out, there is no job"; error "Batch job submission failed: Socket timed out on send/recv operation"
    elif ((dice < 33)); then did "cannot connect"; error "Batch job submission failed: Unable to contact slurm controller (connect failure)"
    elif ((dice < 36)); then did "talks"; echo "Welcome. 12 jobs are ahead of you."; fi ;;
  squeue)
    if ((dice < 8)); then did "shows nothing"; exit 0
    elif ((dice < 16)); then did "fails"; error "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"
    elif ((dice < 24)); then did "is cut"; "$real" "$@" | head -c $((RANDOM % 90 + 10)); exit 0
    elif ((dice < 26)); then did "is killed"; die; fi ;;
  sacct)
    if ((dice < 15)); then did "has no database"; error "Problem talking to the database: Connection refused"
    elif ((dice < 25)); then did "shows nothing"; exit 0; fi ;;
  scancel)
    if ((dice < 20)); then did "fails"; exit 8
    elif ((dice < 30)); then did "killed after it has cancelled"; "$real" "$@"; die; fi ;;
esac
exec "$real" "$@"
