#include "cli/describe.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "cli/quantities.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "experiment/looks.hpp"
#include "trial/folder.hpp"
#include "trial/task.hpp"

namespace stune::cli {

using nlohmann::json;

namespace {

json finite(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

/// Has every point of a finite space been tried, and is none worth another look?
bool used_up(const Experiment& experiment) {
  const SearchSpace& space = experiment.definition().space;
  const auto size = space.size();
  if (!size || static_cast<double>(experiment.trials().size()) < *size) return false;
  Looks looks;
  for (const Trial& trial : experiment.trials()) {
    if (!is_terminal(trial.status)) return false;
    const Observation value = objective_of(experiment, trial).value_or(Observation{});
    looks.add(space.encode(trial.parameters), value.mean, value.sem);
  }
  return static_cast<double>(looks.points()) >= *size && !looks.differ();
}

}  // namespace

json to_json(const Value& value) {
  return std::visit(
      [](const auto& held) -> json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, double>) return finite(held);
        return held;
      },
      value);
}

json to_json(const Parameterization& parameters) {
  json object = json::object();
  for (std::size_t i = 0; i < parameters.size(); ++i) object[parameters.name(i)] = to_json(parameters.value(i));
  return object;
}

json to_json(const Observation& observation) {
  json object{{"metric", observation.metric}, {"mean", finite(observation.mean)}, {"sem", finite(observation.sem)}};
  object["step"] = observation.step == final_step ? json(nullptr) : json(observation.step);
  object["at"] = to_json(observation.at);
  return object;
}

json to_json(const std::optional<TimePoint>& time) { return time ? json(to_iso(*time)) : json(nullptr); }

std::string dump(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

std::string objective_text(const Definition& definition) {
  std::string text;
  for (const Objective& objective : definition.optimization.objectives) {
    text += (text.empty() ? "" : ", ") + std::string(objective.minimize ? "minimize " : "maximize ") + objective.metric;
  }
  return text;
}

LiveCounts count_live(const Experiment& experiment) {
  LiveCounts counts;
  const int unfinished = experiment.count(TrialStatus::created) + experiment.count(TrialStatus::running);
  for (const int index : experiment.live()) {
    const auto& attempts = experiment.trial(index).attempts;
    if (attempts.empty() || attempts.back().state != JobState::running) ++counts.pending;
  }
  counts.pending += static_cast<int>(experiment.waiting().size());
  counts.running = unfinished - counts.pending;
  return counts;
}

std::string state_of(const Experiment& experiment, bool owned) {
  if (owned) return "running";
  const int ended =
      experiment.counted() - experiment.count(TrialStatus::created) - experiment.count(TrialStatus::running);
  if (experiment.options().trials > 0 && ended >= experiment.options().trials) return "finished";
  if (used_up(experiment)) return "finished";
  if (experiment.stop_asked()) return "stopped";
  return experiment.options().runner == "custom" ? "open" : "paused";
}

std::optional<Baseline> baseline_of(const Experiment& experiment, const Trial& trial) {
  if (trial.index == 0) return std::nullopt;
  const Trial& first = experiment.trial(0);
  const auto value = objective_of(experiment, first);
  const auto reached = objective_of(experiment, trial);
  if (!value || !reached || first.status != TrialStatus::completed) return std::nullopt;
  const bool minimize = experiment.definition().optimization.objectives[0].minimize;
  const auto defaults = experiment.definition().space.defaults();
  Baseline baseline;
  baseline.defaults = defaults && *defaults == first.parameters;
  baseline.value = value->mean;
  baseline.gain = minimize ? value->mean - reached->mean : reached->mean - value->mean;
  return baseline;
}

std::string best_text(const Experiment& experiment) {
  if (experiment.best_observed() < 0) return "No trial has completed yet.\n";
  return best_text(experiment, experiment.trial(experiment.best_observed()), "Best");
}

std::string best_text(const Experiment& experiment, const Trial& best, const std::string& title) {
  const auto value = objective_of(experiment, best);
  std::string text = title + " of " + counted(experiment.count(TrialStatus::completed), "completed trial") + ": " +
                     value->metric + " = " + with_error(value->mean, value->sem) + " (trial " +
                     std::to_string(best.index) + ")\n";
  std::size_t width = 0;
  for (std::size_t i = 0; i < best.parameters.size(); ++i)
    width = std::max(width, display_width(best.parameters.name(i)));
  for (std::size_t i = 0; i < best.parameters.size(); ++i) {
    const std::string& name = best.parameters.name(i);
    text += "  " + name + std::string(width - display_width(name), ' ') + "  " +
            printable(to_string(best.parameters.value(i))) + "\n";
  }
  const auto baseline = baseline_of(experiment, best);
  if (baseline && baseline->gain > 0) {
    const std::string what = baseline->defaults ? "your defaults (trial 0)" : "trial 0, the first one tried,";
    const double part = 100.0 * baseline->gain / std::abs(baseline->value);
    text += "Better than " + what + " by " + number(baseline->gain, 3) +
            (std::isfinite(part) ? " (" + number(part, 3) + " %)" : "") + ": " + number(baseline->value) + " there.\n";
  } else if (experiment.best_observed() == 0) {
    text += "Nothing better than trial 0, the first one tried, has been found yet.\n";
  }
  return text;
}

std::string trial_command_line(const std::filesystem::path& folder, const Experiment& experiment, const Trial& trial) {
  const Definition& definition = experiment.definition();
  const AttemptId first{trial.index, 0};
  std::vector<std::string> words;
  if (!definition.command.script.empty()) words.push_back((folder / "script.sh").string());
  for (const std::string& argument : definition.command.arguments) {
    words.push_back(fill_placeholders(argument, first, trial.parameters));
  }
  const auto& place = definition.working_directory;
  std::string line = "(d=$(mktemp -d) && cd " + (place.empty() ? "\"$d\"" : shell_quoted(place.string())) + " && ";
  std::string document = dump(to_json(trial.parameters));
  document.pop_back();
  line += "printf %s " + shell_quoted(document) + " >\"$d/parameters.json\" && ";
  for (std::size_t i = 0; i < trial.parameters.size(); ++i) {
    line += environment_name(trial.parameters.name(i)) + "=" + shell_quoted(to_string(trial.parameters.value(i))) + " ";
  }
  line += "STUNE_TRIAL=" + std::to_string(trial.index) +
          " STUNE_ATTEMPT=0 STUNE_TRIAL_DIR=$d STUNE_ATTEMPT_DIR=$d STUNE_METRICS=$d/metrics.h5 "
          "STUNE_PARAMETERS=$d/parameters.json PATH=" +
          shell_quoted(ExperimentFolder(folder).bin().string()) + ":$PATH ";
  return line + command_line(words) + ")";
}

}  // namespace stune::cli
