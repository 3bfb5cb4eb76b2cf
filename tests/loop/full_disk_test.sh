#!/bin/bash
# The file system of an experiment fills up while it runs: the run says so and ends with 5, and once there is space again
# `stune resume` finishes exactly. Takes up to three minutes, two of which a trial waits for space to write its exit record.
# Needs root, for a tmpfs of its own. usage: full_disk_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"

((EUID == 0)) || { echo "skipped: only root can mount a small file system"; exit 77; }
mkdir small
mount -t tmpfs -o size=24m,mode=0700 tmpfs small 2>/dev/null || { echo "skipped: mounting is not allowed here"; exit 77; }
tear_down() { # a trial may still write there
  kill -KILL $(processes) 2>/dev/null
  cd "$work/.." && umount -l "$work/small"
}
experiment=small/kill9.stune
trials=24
mkdir counts
resumes=0

start_loop --folder "$experiment" --runner local --trials $trials --parallel 4
until_true '[[ $(count_status $experiment completed 2>/dev/null) -ge 4 ]]'
dd if=/dev/zero of=small/ballast bs=4k 2>/dev/null # until nothing more fits
wait "$coordinator"
claim "exit code on a full disk" $? 5
claim_says "message on a full disk" "$(cat log.txt)" 'No space left on device|[Dd]isk.* full'
completed=$(count_status "$experiment" completed)
((completed >= 4 && completed < trials)) || fail "$completed trials completed before the disk was full"

stune resume "$experiment" >>out.txt 2>full.txt
claim "exit code of resume on a full disk" $? 5

rm small/ballast
stune resume "$experiment" --quiet >>out.txt 2>>log.txt
claim "exit code with space again" $? 0
# A trial that could not write its own result has failed, as any program would; there were four at most. No other has.
failed=$(count_status "$experiment" failed)
((failed <= 4)) || fail "$failed trials failed"
check_exactness $trials "$failed"
for trial in $(trial_lines "$experiment" | awk '$2 == "failed" { print $1 }'); do
  claim "results that failed trial $trial had told" "$(ls counts | grep -c "^end\.$trial\.")" 0
done
echo "$completed trials before the disk was full, $failed failed on it, $trials ended in the end; $claims claims hold"
