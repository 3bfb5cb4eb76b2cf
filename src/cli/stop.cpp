#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/control_options.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/subcommands.hpp"
#include "cli/terminal.hpp"
#include "client/control.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct StopArguments {
  std::string experiment;
  std::string trial;
  ControlOptions control;
};

int trial_of(const std::string& text, const Experiment& experiment) {
  if (text.empty()) return -1;
  int trial = 0;
  try {
    trial = static_cast<int>(parse_whole(text));
  } catch (const ConfigError& error) {
    throw UsageError(std::string("--trial: ") + error.what());
  }
  const auto count = static_cast<int>(experiment.trials().size());
  if (trial >= count)
    throw ConfigError("there is no trial " + text + "; " + experiment.definition().name + " has " +
                      counted(count, "trial"));
  if (is_terminal(experiment.trial(trial).status)) {
    throw ConfigError("trial " + text + " has ended already: " + to_string(experiment.trial(trial).status));
  }
  return trial;
}

ExitCode stop(const StopArguments& arguments) {
  const auto folder = experiment_folder(arguments.experiment);
  const View found = view(folder);
  const int trial = trial_of(arguments.trial, found.experiment);
  const auto progress = make_progress(arguments.control.json);
  const std::string owner = stop_experiment(folder, trial, *progress, reach_of(arguments.control));
  const std::string what = trial < 0 ? found.experiment.definition().name
                                     : "trial " + arguments.trial + " of " + found.experiment.definition().name;
  if (arguments.control.json) {
    std::cout << dump({{"name", found.experiment.definition().name},
                       {"trial", trial < 0 ? nlohmann::json(nullptr) : nlohmann::json(trial)},
                       {"owner", owner_json(owner)}});
  } else if (owner.empty()) {
    const auto live = found.experiment.live().size();
    std::cout << what << " is stopped" << (trial < 0 ? "; jobs that were cancelled: " + std::to_string(live) : "")
              << "\n";
  } else {
    std::cout << owner << " cancels " << what << " now\n";
  }
  return ExitCode::success;
}

}  // namespace

void add_stop(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<StopArguments>();
  CLI::App* command =
      app.add_subcommand("stop", "Cancel the jobs of an experiment, or one trial, and end it; resume lifts it");
  add_experiment(*command, arguments->experiment);
  command->add_option("--trial", arguments->trial, "only this trial; it is then abandoned")->type_name("N");
  add_control_options(*command, arguments->control);
  command->footer("Example:\n  stune stop train.stune --trial 7");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return stop(*arguments); }; });
}

}  // namespace stune::cli
