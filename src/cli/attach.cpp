#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/control_options.hpp"
#include "cli/describe.hpp"
#include "cli/results.hpp"
#include "cli/subcommands.hpp"
#include "client/control.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct AttachArguments {
  std::string experiment;
  std::vector<std::string> parameters;
  std::vector<std::string> results;
  bool run = false;
  ControlOptions control;
};

/// What follows for a trial that has not ended.
std::string next_step(const OwnTrial& trial, const AttachArguments& arguments) {
  if (is_terminal(trial.status)) return {};
  if (!arguments.run) {
    return "; tell its results with: stune tell " + arguments.experiment + " " + std::to_string(trial.trial) +
           " METRIC=VALUE";
  }
  return trial.owner.empty() ? "; it runs with: stune resume " + arguments.experiment : "; " + trial.owner + " runs it";
}

ExitCode attach(const AttachArguments& arguments) {
  std::vector<Observation> results;
  for (const std::string& text : arguments.results) results.push_back(parse_result(text));
  const auto folder = find_experiment(arguments.experiment);
  const Parameterization parameters =
      parse_parameters(arguments.parameters, view(folder).experiment.definition().space);
  const OwnTrial trial =
      attach_trial(folder, parameters, !arguments.run, std::move(results), reach_of(arguments.control));
  std::cout << (arguments.control.json ? dump(to_json(trial)) : words_of(trial) + next_step(trial, arguments) + "\n");
  return ExitCode::success;
}

}  // namespace

void add_attach(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<AttachArguments>();
  CLI::App* command = app.add_subcommand("attach", "Add a trial of your own, with its results if you have them");
  command->add_option("EXPERIMENT", arguments->experiment, "folder or name of the experiment")
      ->type_name("")
      ->required();
  command->add_option("NAME=VALUE", arguments->parameters, "a value for every parameter, as in lr=0.1 layers=3")
      ->type_name("")
      ->required();
  CLI::Option* results =
      command->add_option("--result", arguments->results, "a result, as in accuracy=0.93 or accuracy=0.93+-0.01")
          ->type_name("METRIC=VALUE")
          ->allow_extra_args(false);
  command->add_flag("--run", arguments->run, "it is run as stune's own trials are, before the next of these")
      ->excludes(results);
  add_control_options(*command, arguments->control);
  command->allow_extras();
  command->footer("Example:\n  stune attach train.stune lr=0.01 layers=3 optimizer=adam --result accuracy=0.93");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return attach(*arguments); }; });
}

}  // namespace stune::cli
