#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/control_options.hpp"
#include "cli/describe.hpp"
#include "cli/plan.hpp"
#include "cli/preflight.hpp"
#include "cli/subcommands.hpp"
#include "client/control.hpp"
#include "client/make_runner.hpp"

namespace stune::cli {

namespace {

struct SetArguments {
  std::string experiment;
  GivenOptions given;
  ControlOptions control;
};

/// Of the options given, those that a run uses at once, or those that only the next one does.
std::vector<std::string> used(const GivenOptions& given, bool at_once) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : option_specs()) {
    if (given.has(spec.name) && spec.at_once == at_once) names.push_back(spec.name);
  }
  return names;
}

std::string told(const SetArguments& arguments, const std::string& owner) {
  const auto now = used(arguments.given, true);
  const auto next = used(arguments.given, false);
  if (owner.empty()) return "changed; used from the next run on";
  std::string text = owner + " knows";
  if (!now.empty()) text += "; used from now on: --" + join(now, ", --");
  if (!next.empty()) text += "; used from the next run on: --" + join(next, ", --");
  return text;
}

std::string told_json(const View& found, const SetArguments& arguments, const std::string& owner) {
  std::vector<std::string> now = used(arguments.given, true);
  std::vector<std::string> next = used(arguments.given, false);
  if (owner.empty()) next.insert(next.begin(), now.begin(), now.end()), now.clear();
  return dump(
      {{"name", found.experiment.definition().name}, {"owner", owner_json(owner)}, {"now", now}, {"next_run", next}});
}

ExitCode change_options(const SetArguments& arguments) {
  if (arguments.given.values.empty()) throw UsageError("nothing to set; as in: stune set train.stune --parallel 8");
  const auto folder = experiment_folder(arguments.experiment);
  const View found = view(folder);
  const NewExperiment begun =
      begun_with(folder, found.experiment, apply_options(found.experiment.options(), arguments.given));
  RunOptions wanted = begun.options;
  wanted.runner = resolve_runner(wanted.runner, begun.environment);
  if (wanted == found.experiment.options()) {
    std::cout << (arguments.control.json ? told_json(found, arguments, {})
                                         : found.experiment.definition().name + " has these options already.\n");
    return ExitCode::success;
  }
  check_placeable(begun);
  if (!found.owner.empty() && wanted.runner != found.experiment.options().runner) {
    throw ConfigError("the runner cannot be changed while " + found.owner + " runs the experiment; end that run first");
  }
  const std::string owner =
      set_options(folder, differences(found.experiment.options(), wanted), reach_of(arguments.control));
  std::cout << (arguments.control.json ? told_json(found, arguments, owner) : told(arguments, owner) + "\n");
  return ExitCode::success;
}

}  // namespace

void add_set(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<SetArguments>();
  CLI::App* command = app.add_subcommand("set", "Change how an experiment is run, also while it runs");
  add_experiment(*command, arguments->experiment);
  add_options(*command, {Subject::running}, arguments->given);
  add_control_options(*command, arguments->control);
  command->footer("Example:\n  stune set train.stune --parallel 8 --trials 200");
  command->callback(
      [&invocation, arguments] { invocation.action = [arguments] { return change_options(*arguments); }; });
}

}  // namespace stune::cli
