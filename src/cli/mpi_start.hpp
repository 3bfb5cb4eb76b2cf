/// \file How `stune` and MPI find together: the program that users call knows no MPI, and hands over to one that does.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "experiment/options.hpp"
#include "stune/runner.hpp"

namespace stune::cli {

/// What rank 0 of an MPI run has that the plain program has not.
struct MpiRanks {
  int workers = 0;
  std::function<std::unique_ptr<Runner>(const RunOptions&)> make_runner;
};

/// The program to become, if this process is one of several ranks that are to run or resume an experiment, and no other
/// runner is asked for. Throws ConfigError or RunnerError saying what to type where that cannot work.
std::optional<std::filesystem::path> mpi_program(const std::vector<std::string>& arguments,
                                                 const Environment& environment);

/// The options as they are meant in this process: under MPI `auto` is mpi, and unless `parallel_given` as many trials
/// as the workers take. Throws UsageError where MPI is asked for and not there, saying what to type; `command` is what
/// follows `stune`, as in "resume train.stune".
RunOptions with_mpi(RunOptions options, const MpiRanks* ranks, bool parallel_given, const std::string& command);

}  // namespace stune::cli
