#!/bin/bash
# kill -9 of the loop at random moments, trials as processes of this machine. usage: kill9_local_test.sh STUNE_PROGRAM [KILLS]
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"

trials=40
kill_and_resume "${2:-20}" 6 --runner local --trials $trials --parallel 4
check_exactness $trials
report $trials
