#!/bin/bash
# From a fresh Debian 12 to a tested program: installs what the tests need, builds, brings up a real Slurm inside the build
# folder, runs every test and takes it down. Options go to ctest, e.g.  bash tests/run.sh -L unit
set -eu
cd "$(dirname "$0")/.."

build=build/default
# Whatever ends this, by signal too: no daemon and no job of a test's cluster stays.
clean_up() {
  trap '' INT TERM HUP
  local cluster
  for cluster in "$build"/slurm "$build"/slurm_faults/*/slurm; do
    [[ -d $cluster ]] && tests/support/slurm_cluster.sh stop "$cluster"
  done
  rm -rf "$build/slurm_faults"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

bash jobscripts/packages.sh build tests
cmake --preset default
cmake --build --preset default
# In the background, so that a signal is heard while it runs.
ctest --preset default "$@" &
wait $!
