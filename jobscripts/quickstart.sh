#!/bin/bash
# From a fresh Debian 12 to a tuned function: installs what the build needs, builds, and minimizes Hartmann6 on this machine.
# Everything it makes is in build/quickstart.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
build=$root/build/quickstart

bash jobscripts/packages.sh build
mkdir -p "$build"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DSTUNE_BUILD_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$build/installed" >"$build.log" 2>&1 ||
  { cat "$build.log" >&2; exit 1; }
cmake --build "$build" --parallel "$(nproc)"
cmake --install "$build" >/dev/null

mkdir -p "$build/runs"
cd "$(mktemp -d "$build/runs/$(date +%Y%m%d-%H%M%S).XXX")"
PATH=$build/installed/bin:$PATH
stune run "$root/jobscripts/examples/hartmann6.sh" --runner local --parallel 3
echo
echo "Look further:"
echo "  cd $PWD"
echo "  export PATH=$build/installed/bin:\$PATH"
echo "  stune trials --best-first"
