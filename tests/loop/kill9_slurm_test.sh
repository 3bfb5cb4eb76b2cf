#!/bin/bash
# kill -9 of the loop at random moments, trials as jobs of a real Slurm, which SLURM_CONF names.
# usage: kill9_slurm_test.sh STUNE_PROGRAM [KILLS [TRIALS]]
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"
. "$here/slurm.sh"

trials=${3:-60} # enough that none is the last before the last kill
since=$(date +%Y-%m-%dT%H:%M:%S)
kill_and_resume "${2:-20}" 5 --runner slurm --trials "$trials" --parallel 4 --poll 1,1.5,5
check_exactness "$trials"
check_jobs "$experiment" "$since"
report "$trials"
echo "$jobs jobs in Slurm's accounting"
