/// \file An experiment in words and as JSON: what status, trials, best and ask print. Pure.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::cli {

/// Numbers as numbers; NaN and infinities as null.
nlohmann::json to_json(const Value& value);
nlohmann::json to_json(const Parameterization& parameters);
nlohmann::json to_json(const Observation& observation);
/// null where there is none.
nlohmann::json to_json(const std::optional<TimePoint>& time);
/// One line and LF; text that is not UTF-8 gets replacement characters.
std::string dump(const nlohmann::json& document);

/// "maximize accuracy"
std::string objective_text(const Definition& definition);

struct LiveCounts {
  int running = 0;  ///< by the runner's word, or by hand
  int pending = 0;  ///< submitted, or about to be
};
LiveCounts count_live(const Experiment& experiment);

/// "finished" (also where every point of a finite space has been tried, and outcomes show no noise), "stopped",
/// "running", "paused" (nobody runs it, and more trials are wanted) or "open" (its trials are run by hand or by a
/// program of the user's own).
std::string state_of(const Experiment& experiment, bool owned);

/// What a trial is compared with: the first trial, if it completed and is another one.
struct Baseline {
  int trial = 0;
  bool defaults = false;  ///< the user's own settings, not just the middle of the search space
  double value = 0.0;
  double gain = 0.0;  ///< of the trial over it; positive is better
};
std::optional<Baseline> baseline_of(const Experiment& experiment, const Trial& trial);

/// The trial with the best outcome for people: value, parameters, gain over the baseline. Several lines.
std::string best_text(const Experiment& experiment);
/// The same of a trial that is the best by another measure, which `title` tells.
std::string best_text(const Experiment& experiment, const Trial& best, const std::string& title);

/// What to type to run this trial once more, anywhere: its folder, its environment, and its command. A new folder
/// stands for the trial's own, so that nothing of the experiment is touched. One line, quoted for a shell. `folder`:
/// absolute.
std::string trial_command_line(const std::filesystem::path& folder, const Experiment& experiment, const Trial& trial);

}  // namespace stune::cli
