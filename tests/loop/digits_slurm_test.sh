#!/bin/bash
# Real input: a classifier tuned as jobs of a real Slurm, which SLURM_CONF names. usage: digits_slurm_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/slurm.sh"
. "$here/digits.sh"

since=$(date +%Y-%m-%dT%H:%M:%S)
check_digits 10 --runner slurm --parallel 3 --poll 1,1.5,5
check_jobs digits.stune "$since"
echo "$jobs jobs in Slurm's accounting"
