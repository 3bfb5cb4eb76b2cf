/// \file An experiment's folder when it begins, and the check that a later run means the same experiment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "client/session.hpp"

namespace stune {

/// True if an experiment has begun there, or was about to when it was killed.
bool is_experiment(const std::filesystem::path& folder);
/// True if there is content of somebody else, so that no experiment may begin there. What one who was killed while
/// taking the lock has left is nobody else's.
bool is_somebody_elses(const std::filesystem::path& folder);

/// Throws ConfigError for what cannot begin: no objective, no parameter to tune, no trials, an objective no metric
/// reports, a script that is missing, a number out of its range. Changes nothing.
void check(const NewExperiment& wanted, bool runs_commands);

/// Fills the folder, which exists and is locked by us: script.sh, environment, bin/stune, and the folders of trials,
/// requests and markers. Repeats are harmless. Returns the definition as it is to be journaled: with an id, and with
/// the script's copy instead of the script. Throws StorageError.
Definition furnish(const std::filesystem::path& folder, const NewExperiment& wanted,
                   const std::filesystem::path& node_program);

/// Throws ConfigError telling what differs between the experiment and what is wanted now. Returns what differs without
/// harm, for people (a script edited since: trials run the copy).
std::vector<std::string> check_same(const std::filesystem::path& folder, const Definition& begun,
                                    const Definition& wanted);

/// The environment that attempts start with, as saved when the experiment began. Throws StorageError.
Environment read_environment(const std::filesystem::path& folder);

}  // namespace stune
