#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/plan.hpp"
#include "cli/subcommands.hpp"
#include "client/control.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct SetArguments {
  std::string experiment;
  GivenOptions given;
};

ExitCode change_options(const SetArguments& arguments) {
  if (arguments.given.values.empty()) throw UsageError("nothing to set; as in: stune set train.stune --parallel 8");
  const auto folder = experiment_folder(arguments.experiment);
  const View found = view(folder);
  const RunOptions wanted = apply_options(found.experiment.options(), arguments.given);
  if (wanted == found.experiment.options()) {
    std::cout << found.experiment.definition().name << " has these options already.\n";
    return ExitCode::success;
  }
  if (!found.owner.empty() && wanted.runner != found.experiment.options().runner) {
    throw ConfigError("the runner cannot be changed while " + found.owner + " runs the experiment; end that run first");
  }
  std::cout << set_options(folder, differences(found.experiment.options(), wanted)) << "\n";
  return ExitCode::success;
}

}  // namespace

void add_set(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<SetArguments>();
  CLI::App* command = app.add_subcommand("set", "Change how an experiment is run, also while it runs");
  add_experiment(*command, arguments->experiment);
  add_options(*command, {Subject::running}, arguments->given);
  command->footer("Example:\n  stune set train.stune --parallel 8 --trials 200");
  command->callback(
      [&invocation, arguments] { invocation.action = [arguments] { return change_options(*arguments); }; });
}

}  // namespace stune::cli
