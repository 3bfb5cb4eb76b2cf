/// \file What people do to an experiment that may be running: through its owner, or at once where nobody runs it. Each
/// returns when it has happened, or throws as Session and deliver() do, with nothing changed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "client/delivery.hpp"
#include "stune/observation.hpp"
#include "stune/progress.hpp"
#include "stune/trial.hpp"
#include "stune/value.hpp"

namespace stune {

/// Stops one trial (or all with -1). Who does it ("process 7 on login1", whose jobs end soon); empty: done here.
std::string stop_experiment(const std::filesystem::path& folder, int trial, Progress& progress,
                            const Reach& reach = {});

/// Changes options by their journal names (storage/codec.hpp: changed), as text. Throws ConfigError naming the
/// option, what was found and what is valid. Who uses them now; empty: the next run will.
std::string set_options(const std::filesystem::path& folder, const std::map<std::string, std::string>& changes,
                        const Reach& reach = {});

/// What has become of a trial that was attached or told.
struct OwnTrial {
  int trial = -1;
  TrialStatus status = TrialStatus::created;
  bool best = false;  ///< so far
  std::string owner;  ///< who runs the experiment; empty: nobody
};

/// Adds a trial of the user's own, which a person runs (manual) or the loop; with `results` it is completed. Throws
/// ConfigError where results lack the objective.
OwnTrial attach_trial(const std::filesystem::path& folder, const Parameterization& parameters, bool manual,
                      std::vector<Observation> results, const Reach& reach = {});

/// Ends a trial that a person runs, or (`status` running) adds to its observations. Throws ConfigError where there is
/// no such trial, it has ended, the loop runs it, or it would be completed without the objective.
OwnTrial tell_trial(const std::filesystem::path& folder, int trial, TrialStatus status,
                    std::vector<Observation> observations, const std::string& reason, const Reach& reach = {});

}  // namespace stune
