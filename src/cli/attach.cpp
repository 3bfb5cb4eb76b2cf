#include <CLI/CLI.hpp>
#include <iostream>

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
};

ExitCode attach(const AttachArguments& arguments) {
  std::vector<Observation> results;
  for (const std::string& text : arguments.results) results.push_back(parse_result(text));
  const auto folder = find_experiment(arguments.experiment);
  const Parameterization parameters =
      parse_parameters(arguments.parameters, view(folder).experiment.definition().space);
  std::cout << attach_trial(folder, parameters, !arguments.run, std::move(results)) << "\n";
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
  command->allow_extras();
  command->footer("Example:\n  stune attach train.stune lr=0.01 layers=3 optimizer=adam --result accuracy=0.93");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return attach(*arguments); }; });
}

}  // namespace stune::cli
