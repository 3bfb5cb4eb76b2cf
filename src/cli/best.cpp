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
  bool expected = false;
  bool command_line = false;
  bool json = false;
};

/// The trial that is shown, and what the model expects there; nothing where there is no model.
struct Shown {
  const Trial* trial;
  std::optional<Belief> expected;
};

Shown chosen(const Experiment& experiment, const std::optional<Surrogate>& model, bool by_model) {
  if (by_model && model) {
    const BestPoint best = *best_point(experiment, &*model);
    return {&experiment.trial(best.trial), best.belief};
  }
  const Trial& best = experiment.trial(experiment.best_observed());
  if (!model) return {&best, {}};
  return {&best, model->predict({&best.parameters, 1}).front()};
}

std::string expected_text(const Belief& belief) {
  return "The model expects " + number(belief.mean) + " there, with 95 % between " + number(belief.low) + " and " +
         number(belief.high) + ".\n";
}

/// Of many measurements with noise the best was lucky, too.
std::string luck_text(const Experiment& experiment, const Surrogate& model, const Shown& measured_best) {
  const double value = objective_of(experiment, *measured_best.trial)->mean;
  const bool minimize = experiment.definition().optimization.objectives[0].minimize;
  const bool lucky = minimize ? value < measured_best.expected->low : value > measured_best.expected->high;
  const BestPoint best = *best_point(experiment, &model);
  const double here = measured_best.expected->mean;
  const bool elsewhere = experiment.trial(best.trial).parameters != measured_best.trial->parameters;
  const bool more_expected = minimize ? best.belief.mean < here : best.belief.mean > here;
  if (!lucky || !elsewhere || !more_expected) return {};
  return "It takes some of that for luck, and expects more of trial " + std::to_string(best.trial) + ": " +
         number(best.belief.mean) + " (stune best --expected).\n";
}

nlohmann::json best_json(const Experiment& experiment, const Shown& best) {
  const auto value = to_json(*objective_of(experiment, *best.trial));
  nlohmann::json document{{"trial", best.trial->index},
                          {"metric", value["metric"]},
                          {"value", value["mean"]},
                          {"sem", value["sem"]},
                          {"parameters", to_json(best.trial->parameters)},
                          {"baseline", nullptr},
                          {"predicted", nullptr}};
  if (const auto baseline = baseline_of(experiment, *best.trial)) {
    document["baseline"] = {{"trial", baseline->trial},
                            {"defaults", baseline->defaults},
                            {"value", baseline->value},
                            {"gain", baseline->gain}};
  }
  if (const auto& belief = best.expected) {
    document["predicted"] = {
        {"mean", belief->mean}, {"sem", belief->sem}, {"low", belief->low}, {"high", belief->high}};
  }
  return document;
}

std::string line_for_shell(const std::filesystem::path& folder, const Experiment& experiment, const Trial& trial) {
  const Command& command = experiment.definition().command;
  if (command.script.empty() && command.arguments.empty()) {
    throw ConfigError("the trials of " + experiment.definition().name + " are run by hand: they have no command line");
  }
  return trial_command_line(folder, experiment, trial) + "\n";
}

std::string text(const Experiment& experiment, const std::optional<Surrogate>& model, const Shown& best,
                 bool by_model) {
  std::string all = best_text(experiment, *best.trial, by_model ? "Expected to be the best" : "Best");
  if (best.expected) all += expected_text(*best.expected);
  if (model && !by_model) all += luck_text(experiment, *model, best);
  return all;
}

ExitCode show_best(const BestArguments& arguments) {
  const auto folder = std::filesystem::absolute(experiment_folder(arguments.experiment)).lexically_normal();
  const View found = view(folder);
  const Experiment& experiment = found.experiment;
  if (experiment.best_observed() < 0)
    throw Error(ExitCode::failure, "no trial of " + experiment.definition().name + " has completed yet");
  const bool needs_no_model = arguments.command_line && !arguments.expected;
  const auto model = needs_no_model ? std::nullopt : Surrogate::fit(experiment);
  const Shown best = chosen(experiment, model, arguments.expected);
  std::cout << (arguments.json           ? dump(best_json(experiment, best))
                : arguments.command_line ? line_for_shell(folder, experiment, *best.trial)
                                         : text(experiment, model, best, arguments.expected));
  return ExitCode::success;
}

}  // namespace

void add_best(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<BestArguments>();
  CLI::App* command = app.add_subcommand("best", "Show the best trial so far and how much better it is than the first");
  add_experiment(*command, arguments->experiment);
  command->add_flag(
      "--expected", arguments->expected,
      "the trial of which the model expects most, not the one with the best measurement: where those have "
      "noise, the best was lucky, too");
  CLI::Option* line =
      command->add_flag("--args", arguments->command_line, "only the line that runs it once more, for a shell");
  command->add_flag("--json", arguments->json, "one JSON object, for programs")->excludes(line);
  command->footer("Example:\n  stune best train.stune\n  eval \"$(stune best train.stune --args)\"");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return show_best(*arguments); }; });
}

}  // namespace stune::cli
