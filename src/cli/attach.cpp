#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/results.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct AttachArguments {
  std::string experiment;
  std::vector<std::string> parameters;
  std::vector<std::string> results;
};

/// A trial that completes needs the objective; checked before a trial is made.
void check_results(const std::vector<Observation>& results, const Experiment& experiment) {
  if (results.empty()) return;
  for (const Objective& objective : experiment.definition().optimization.objectives) {
    const auto tells = [&](const Observation& result) { return result.metric == objective.metric; };
    if (std::none_of(results.begin(), results.end(), tells)) {
      throw ConfigError("the results do not hold the objective; add --result " + objective.metric + "=VALUE");
    }
  }
}

ExitCode attach(const AttachArguments& arguments) {
  std::vector<Observation> results;
  for (const std::string& text : arguments.results) results.push_back(parse_result(text));
  const auto folder = find_experiment(arguments.experiment);
  const View found = view(folder);
  const Parameterization parameters = parse_parameters(arguments.parameters, found.experiment.definition().space);
  check_results(results, found.experiment);
  Session session = Session::open(folder);
  const int trial = session.attach(parameters);
  if (!results.empty()) session.end(trial, TrialStatus::completed, std::move(results));
  std::cout << "Trial " << trial << " is " << to_string(session.experiment().trial(trial).status);
  if (arguments.results.empty())
    std::cout << "; tell its results with: stune tell " << arguments.experiment << " " << trial << " METRIC=VALUE";
  std::cout << "\n";
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
  command->add_option("--result", arguments->results, "a result, as in accuracy=0.93 or accuracy=0.93+-0.01")
      ->type_name("METRIC=VALUE")
      ->allow_extra_args(false);
  command->allow_extras();
  command->footer("Example:\n  stune attach train.stune lr=0.01 layers=3 optimizer=adam --result accuracy=0.93");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return attach(*arguments); }; });
}

}  // namespace stune::cli
