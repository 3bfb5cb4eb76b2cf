#!/bin/bash
# From a fresh Debian 12 to a tested program: installs what the tests need, builds, brings up a real Slurm inside the build
# folder, runs every test and takes it down. Options go to ctest, e.g.  bash tests/run.sh -L unit
set -eu
cd "$(dirname "$0")/.."
build=build/default
mark=$$-$(date +%s%N)
scratch=

# Every process that the tests started has the mark in its environment, however far it went from its parent.
kill_marked() {
  local file pids
  while :; do
    pids=()
    for file in /proc/[0-9]*/environ; do
      if grep -qsz "^STUNE_TEST_RUN=$mark\$" "$file" 2>/dev/null; then
        file=${file%/environ}
        pids+=("${file#/proc/}")
      fi
    done
    ((${#pids[@]})) || break
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
}

# Whatever ends this, by signal too: no process, no cluster and no temporary file stays.
clean_up() {
  trap '' INT TERM HUP
  unset STUNE_TEST_RUN
  local cluster
  kill_marked
  for cluster in "$build"/slurm "$build"/slurm_loop "$build"/slurm_faults/*/slurm; do
    if [[ -d $cluster ]]; then tests/support/slurm_cluster.sh stop "$cluster"; fi
  done
  rm -rf "$build/slurm_faults" "$scratch"
}

bash jobscripts/packages.sh build tests
cmake --preset default
cmake --build --preset default

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
scratch=$(mktemp -d /tmp/stune-test.XXXXXX)
export STUNE_TEST_RUN=$mark TMPDIR=$scratch TEST_TMPDIR=$scratch
ctest --preset default "$@" & # in the background, so that a signal is heard while it runs
wait $!

# Real processes and a real Slurm may meet with a slow machine; but a second try is nothing to pass over in silence.
awk '/^[0-9]+\/[0-9]+ Testing: /{ name = $3 } /^Test Failed\.$/{ print "tests/run.sh: needed a second try: " name }' \
  "$build/Testing/Temporary/LastTest.log" | sort | uniq -c
