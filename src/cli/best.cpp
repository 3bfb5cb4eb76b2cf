#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::cli {

namespace {

struct BestArguments {
  std::string experiment;
  bool command_line = false;
  bool json = false;
};

/// What the model expects where the best trial is; nothing where there is no model.
std::optional<Belief> expected_there(const Experiment& experiment, const Trial& best) {
  const auto surrogate = Surrogate::fit(experiment);
  if (!surrogate) return {};
  return surrogate->predict({&best.parameters, 1}).front();
}

std::string expected_text(const std::optional<Belief>& belief) {
  if (!belief) return {};
  return "The model expects " + number(belief->mean) + " there, with 95 % between " + number(belief->low) + " and " +
         number(belief->high) + ".\n";
}

nlohmann::json best_json(const Experiment& experiment, const Trial& best) {
  const auto value = to_json(*objective_of(experiment, best));
  nlohmann::json document{{"trial", best.index},
                          {"metric", value["metric"]},
                          {"value", value["mean"]},
                          {"sem", value["sem"]},
                          {"parameters", to_json(best.parameters)},
                          {"baseline", nullptr},
                          {"predicted", nullptr}};
  if (const auto baseline = baseline_of(experiment)) {
    document["baseline"] = {{"trial", baseline->trial},
                            {"defaults", baseline->defaults},
                            {"value", baseline->value},
                            {"gain", baseline->gain}};
  }
  if (const auto belief = expected_there(experiment, best)) {
    document["predicted"] = {
        {"mean", belief->mean}, {"sem", belief->sem}, {"low", belief->low}, {"high", belief->high}};
  }
  return document;
}

ExitCode show_best(const BestArguments& arguments) {
  const auto folder = std::filesystem::absolute(experiment_folder(arguments.experiment)).lexically_normal();
  const View found = view(folder);
  const Experiment& experiment = found.experiment;
  if (experiment.best_observed() < 0)
    throw Error(ExitCode::failure, "no trial of " + experiment.definition().name + " has completed yet");
  const Trial& best = experiment.trial(experiment.best_observed());
  if (arguments.json) {
    std::cout << dump(best_json(experiment, best));
  } else if (arguments.command_line) {
    const Command& command = experiment.definition().command;
    if (command.script.empty() && command.arguments.empty()) {
      throw ConfigError("the trials of " + experiment.definition().name +
                        " are run by hand: they have no command line");
    }
    std::cout << trial_command_line(folder, experiment, best) << "\n";
  } else {
    std::cout << best_text(experiment) << expected_text(expected_there(experiment, best));
  }
  return ExitCode::success;
}

}  // namespace

void add_best(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<BestArguments>();
  CLI::App* command = app.add_subcommand("best", "Show the best trial so far and how much better it is than the first");
  add_experiment(*command, arguments->experiment);
  CLI::Option* line =
      command->add_flag("--args", arguments->command_line, "only the line that runs it once more, for a shell");
  command->add_flag("--json", arguments->json, "one JSON object, for programs")->excludes(line);
  command->footer("Example:\n  stune best train.stune\n  eval \"$(stune best train.stune --args)\"");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return show_best(*arguments); }; });
}

}  // namespace stune::cli
