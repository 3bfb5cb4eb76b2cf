/// \file What people do to an experiment that may be running: through its owner, who finds a request in the
/// experiment's folder within a second, or at once where nobody runs it. All say what happened, for people, and throw
/// as Session does.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "stune/observation.hpp"
#include "stune/progress.hpp"
#include "stune/trial.hpp"
#include "stune/value.hpp"

namespace stune {

/// Stops one trial (or all with -1).
std::string stop_experiment(const std::filesystem::path& folder, int trial, Progress& progress);

/// Changes options by their journal names (storage/codec.hpp: run_option_names), as text. Throws ConfigError naming the
/// option, what was found and what is valid.
std::string set_options(const std::filesystem::path& folder, const std::map<std::string, std::string>& changes);

/// Adds a trial of the user's own, which a person runs (manual) or the loop; with `results` it is completed. Throws
/// ConfigError where results lack the objective.
std::string attach_trial(const std::filesystem::path& folder, const Parameterization& parameters, bool manual,
                         std::vector<Observation> results);

/// Ends a trial that a person runs, or (`status` running) adds to its observations. Throws ConfigError where there is
/// no such trial, it has ended, the loop runs it, or it would be completed without the objective.
std::string tell_trial(const std::filesystem::path& folder, int trial, TrialStatus status,
                       std::vector<Observation> observations, const std::string& reason);

}  // namespace stune
