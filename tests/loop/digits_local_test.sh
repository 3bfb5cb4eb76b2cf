#!/bin/bash
# Real input: a classifier tuned as processes of this machine. usage: digits_local_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/digits.sh"

check_digits 12 --runner local --parallel 2
