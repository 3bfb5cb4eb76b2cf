#include "cli/control_options.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.hpp"

namespace stune::cli {

void add_control_options(CLI::App& command, ControlOptions& options) {
  command.add_flag("--json", options.json, "one JSON object, for programs");
  command.add_flag("--take-over", options.take_over,
                   "do it although another machine seems to run the experiment; only if you know that it does not");
}

Reach reach_of(const ControlOptions& options) {
  Reach reach;
  reach.take_over = options.take_over;
  reach.say = [](const std::string& text) { log::info(text); };
  return reach;
}

nlohmann::json owner_json(const std::string& owner) {
  return owner.empty() ? nlohmann::json(nullptr) : nlohmann::json(owner);
}

std::string words_of(const OwnTrial& trial) {
  return "Trial " + std::to_string(trial.trial) + " is " + to_string(trial.status) +
         (trial.best ? ", and the best so far" : "");
}

nlohmann::json to_json(const OwnTrial& trial) {
  return {{"trial", trial.trial},
          {"status", to_string(trial.status)},
          {"best", trial.best},
          {"owner", owner_json(trial.owner)}};
}

}  // namespace stune::cli
