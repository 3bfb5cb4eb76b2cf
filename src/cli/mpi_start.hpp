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

/// The program to become, if this process is one of several ranks that are to run or resume an experiment; where
/// another runner is asked for, its rank 0 refuses that for all. Throws ConfigError or RunnerError saying what to type
/// where it cannot.
std::optional<std::filesystem::path> mpi_program(const std::vector<std::string>& arguments,
                                                 const Environment& environment);

/// The options as they are meant in this process: under MPI `auto` is mpi, and automatic_parallel is as many trials as
/// the workers take; else it is 1. Throws UsageError where MPI, or what only it has, is asked for and not there, or
/// the other way round, saying what to type; `command` is what follows `stune`, as in "resume train.stune".
RunOptions with_mpi(RunOptions options, const MpiRanks* ranks, const std::string& command);

}  // namespace stune::cli
