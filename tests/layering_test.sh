#!/bin/sh
# layering.sh refuses what it should: one file with one include, in a house of its own.
check=$(cd "$(dirname "$0")" && pwd)/layering.sh
house=$(mktemp -d) && trap 'rm -rf "$house"' EXIT
status=0
expect() { # accepted|refused FILE INCLUDE
  rm -rf "${house:?}"/* && mkdir -p "$house/$(dirname "$2")" "$house/src/base" "$house/runners" "$house/analysis"
  printf '#include "base/clock.hpp"\n' >"$house/src/base/clock.cpp"
  printf '#include %s\n' "$3" >"$house/$2"
  if output=$("$check" "$house"); then verdict=accepted; else verdict=refused; fi
  [ $verdict = "$1" ] || { echo "$2 with $3: $verdict. $output"; status=1; }
}
expect accepted src/cli/run.cpp '"client/session.hpp"'
expect accepted src/scheduler/scheduler.cpp '"scheduler/scheduler.hpp"'
expect accepted src/scheduler/scheduler.cpp '"stune/runner.hpp"'
expect accepted src/metrics/fetch.cpp '"trial/exit_record.hpp"'
expect accepted src/client/client.cpp '"stune/client.hpp"'
expect accepted src/stune/stune.hpp '"stune/client.hpp"'
expect accepted src/h5/file.cpp '<hdf5.h>'
expect accepted runners/mpi_runner.cpp '<mpi.h>'
expect refused src/base/clock.cpp '"experiment/event.hpp"'
expect refused src/stune/runner.hpp '"base/clock.hpp"'
expect refused src/stune/runner.hpp '"stune/client.hpp"'
expect refused src/scheduler/scheduler.cpp '"runners/local_runner.hpp"'
expect refused runners/local_runner.cpp '"stune/stune.hpp"'
expect refused analysis/slice.cpp '"scheduler/scheduler.hpp"'
expect refused src/model/kernel.cpp '"experiment/search_space.hpp"'
expect refused src/trial/folder.cpp '"metrics/fetch.hpp"'
expect refused src/base/clock.cpp '"clock.hpp"'
expect refused src/metrics/fetch.cpp '<hdf5.h>'
expect refused runners/local_runner.cpp '<mpi.h>'
expect refused src/client/client.cpp '<nlohmann/json.hpp>'
expect refused src/client/client.cpp '<CLI/CLI.hpp>'
exit $status
