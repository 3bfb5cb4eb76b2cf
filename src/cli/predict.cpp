#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "analysis/validation.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/results.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::cli {

namespace {

struct PredictArguments {
  std::vector<std::string> words;
  bool json = false;
};

/// What the model says of one point, and what it is worth.
struct Answer {
  Parameterization parameters;
  Belief belief;
  std::size_t trials = 0;       ///< that the model is made from
  std::optional<double> r2{};   ///< of its cross-validation
  const Trial* same = nullptr;  ///< a completed trial with these parameters
};

Answer ask_model(const Experiment& experiment, const std::vector<std::string>& assignments) {
  Answer answer{parse_parameters(assignments, experiment.definition().space), {}};
  const auto surrogate = Surrogate::fit(experiment);
  if (!surrogate)
    throw Error(ExitCode::failure, "a prediction needs at least two completed trials and a tuned parameter");
  answer.belief = surrogate->predict({&answer.parameters, 1}).front();
  answer.trials = surrogate->trials().size();
  if (const auto validation = analysis::validate(*surrogate)) answer.r2 = validation->r2;
  for (const Trial* trial : measured_trials(experiment)) {
    if (trial->parameters == answer.parameters) answer.same = trial;
  }
  return answer;
}

nlohmann::json answer_json(const Experiment& experiment, const Answer& answer) {
  return {{"name", experiment.definition().name},
          {"metric", experiment.definition().optimization.objectives.at(0).metric},
          {"parameters", to_json(answer.parameters)},
          {"mean", answer.belief.mean},
          {"sem", answer.belief.sem},
          {"low", answer.belief.low},
          {"high", answer.belief.high},
          {"trials", answer.trials},
          {"r2", answer.r2 ? nlohmann::json(*answer.r2) : nlohmann::json(nullptr)},
          {"trial", answer.same ? nlohmann::json(answer.same->index) : nlohmann::json(nullptr)}};
}

std::string answer_text(const Experiment& experiment, const Answer& answer) {
  const std::string& metric = experiment.definition().optimization.objectives.at(0).metric;
  std::string text = metric + " = " + number(answer.belief.mean) + ", with 95 % between " + number(answer.belief.low) +
                     " and " + number(answer.belief.high) + "\n";
  text += "  By a model of " + counted(static_cast<std::int64_t>(answer.trials), "trial");
  if (answer.r2) text += "; its R2 for trials that it has not seen is " + number(*answer.r2, 2);
  text += answer.r2 && *answer.r2 < 0.3 ? ": do not rely on it.\n" : ".\n";
  if (answer.same) {
    const Observation seen = *objective_of(experiment, *answer.same);
    text +=
        "  Trial " + std::to_string(answer.same->index) + " measured " + with_error(seen.mean, seen.sem) + " there.\n";
  }
  return text;
}

ExitCode predict(const PredictArguments& arguments) {
  std::vector<std::string> words = arguments.words;
  std::string name;
  if (!words.empty() && words.front().find('=') == std::string::npos) {
    name = words.front();
    words.erase(words.begin());
  }
  const View found = view(experiment_folder(name));
  const Answer answer = ask_model(found.experiment, words);
  std::cout << (arguments.json ? dump(answer_json(found.experiment, answer)) : answer_text(found.experiment, answer));
  return ExitCode::success;
}

}  // namespace

void add_predict(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<PredictArguments>();
  CLI::App* command = app.add_subcommand("predict", "Say what the model expects of parameters; changes nothing");
  command
      ->add_option(
          "EXPERIMENT NAME=VALUE", arguments->words,
          "the experiment (default: the only one here), then a value for every parameter, as in lr=0.1 layers=3")
      ->type_name("");
  command->add_flag("--json", arguments->json, "one JSON object, for programs");
  command->allow_extras();
  command->footer(
      "The interval is that of the noise-free value: a measurement may lie outside of it by its noise.\n\n"
      "Example:\n  stune predict train.stune lr=0.01 layers=3 optimizer=adam");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return predict(*arguments); }; });
}

}  // namespace stune::cli
