/// \file From options to an experiment: what `stune run` is asked to do, before anything is done. Pure.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "experiment/options.hpp"

namespace stune::cli {

/// Where and with what a command is run.
struct Surroundings {
  std::filesystem::path current;         ///< absolute
  std::filesystem::path script;          ///< absolute; empty: none
  std::vector<std::string> arguments{};  ///< after --
};

/// The folder that the options mean: --folder, else NAME.stune in the current folder. Throws for a bad --name.
std::filesystem::path folder_of(const GivenOptions& given, const Surroundings& surroundings);

/// The experiment that the options ask for. Throws ConfigError: no parameters, no objective, no command, and all that a
/// parameter can be wrong in.
Definition define(const GivenOptions& given, const Surroundings& surroundings);
/// The recorded experiment as the options want it now: parameters, objective and so on that are given replace what is
/// recorded, everything else stays.
Definition redefine(Definition recorded, const GivenOptions& given, const Surroundings& surroundings);

/// `options` with everything given replaced. Throws UsageError (command line) or ConfigError (script).
RunOptions apply_options(RunOptions options, const GivenOptions& given);
/// What differs, by the names and in the form that storage/codec.hpp's changed() takes.
std::map<std::string, std::string> differences(const RunOptions& before, const RunOptions& after);
/// Throws ConfigError where something must be given and is not.
void check_complete(const RunOptions& options);

}  // namespace stune::cli
