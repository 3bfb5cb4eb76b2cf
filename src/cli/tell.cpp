#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/control_options.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/results.hpp"
#include "cli/subcommands.hpp"
#include "client/control.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct TellArguments {
  std::string experiment;
  std::string trial;
  std::vector<std::string> results;
  std::string failed;
  std::string abandoned;
  std::string step;
  ControlOptions control;
};

int trial_of(const std::string& text) {
  try {
    return static_cast<int>(parse_whole(text));
  } catch (const ConfigError& error) {
    throw UsageError(std::string("TRIAL: ") + error.what());
  }
}

std::vector<Observation> observations_of(const TellArguments& arguments) {
  std::int64_t step = final_step;
  try {
    if (!arguments.step.empty()) step = parse_whole(arguments.step);
  } catch (const ConfigError& error) {
    throw UsageError(std::string("--step: ") + error.what());
  }
  std::vector<Observation> observations;
  for (const std::string& text : arguments.results) observations.push_back(parse_result(text, step));
  return observations;
}

ExitCode tell(const TellArguments& arguments) {
  const bool failed = !arguments.failed.empty();
  const bool abandoned = !arguments.abandoned.empty();
  auto observations = observations_of(arguments);
  if (observations.empty() && !failed && !abandoned) {
    throw UsageError("nothing is told; give results such as yield=0.71, or --failed REASON, or --abandoned REASON");
  }
  TrialStatus status = arguments.step.empty() ? TrialStatus::completed : TrialStatus::running;
  if (failed) status = TrialStatus::failed;
  if (abandoned) status = TrialStatus::abandoned;
  const OwnTrial trial =
      tell_trial(find_experiment(arguments.experiment), trial_of(arguments.trial), status, std::move(observations),
                 failed ? arguments.failed : arguments.abandoned, reach_of(arguments.control));
  std::cout << (arguments.control.json ? dump(to_json(trial)) : words_of(trial) + ".\n");
  return ExitCode::success;
}

}  // namespace

void add_tell(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<TellArguments>();
  CLI::App* command = app.add_subcommand("tell", "Tell the results of a trial that you have run yourself (see ask)");
  command->add_option("EXPERIMENT", arguments->experiment, "folder or name of the experiment")
      ->type_name("")
      ->required();
  command->add_option("TRIAL", arguments->trial, "number of the trial")->type_name("")->required();
  command
      ->add_option("METRIC=VALUE", arguments->results, "results, as in yield=0.71 or yield=0.71+-0.02 (standard error)")
      ->type_name("");
  CLI::Option* failed = command->add_option("--failed", arguments->failed, "it gave no result, through its parameters")
                            ->type_name("REASON");
  command->add_option("--abandoned", arguments->abandoned, "it gave no result, through no fault of its parameters")
      ->type_name("REASON")
      ->excludes(failed);
  command->add_option("--step", arguments->step, "these are results after so many steps; the trial goes on")
      ->type_name("K");
  add_control_options(*command, arguments->control);
  command->allow_extras();
  command->footer("Example:\n  stune tell lab.stune 3 yield=0.71+-0.02");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return tell(*arguments); }; });
}

}  // namespace stune::cli
