#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct StatusArguments {
  std::string experiment;
  bool json = false;
};

nlohmann::json best_json(const Experiment& experiment) {
  if (experiment.best_observed() < 0) return nullptr;
  const Trial& best = experiment.trial(experiment.best_observed());
  return {{"trial", best.index},
          {"value", to_json(*objective_of(experiment, best))["mean"]},
          {"sem", to_json(*objective_of(experiment, best))["sem"]},
          {"parameters", to_json(best.parameters)}};
}

nlohmann::json status_json(const View& view, const std::filesystem::path& folder) {
  const Experiment& experiment = view.experiment;
  const LiveCounts live = count_live(experiment);
  const Objective& objective = experiment.definition().optimization.objectives.at(0);
  return {{"name", experiment.definition().name},
          {"folder", folder.string()},
          {"state", state_of(experiment, !view.owner.empty())},
          {"owner", view.owner.empty() ? nlohmann::json(nullptr) : nlohmann::json(view.owner)},
          {"objective", {{"metric", objective.metric}, {"minimize", objective.minimize}}},
          {"trials",
           {{"wanted", experiment.options().trials},
            {"completed", experiment.count(TrialStatus::completed)},
            {"failed", experiment.count(TrialStatus::failed)},
            {"abandoned", experiment.count(TrialStatus::abandoned)},
            {"early_stopped", experiment.count(TrialStatus::early_stopped)},
            {"running", live.running},
            {"pending", live.pending}}},
          {"parallel", experiment.options().parallel},
          {"best", best_json(experiment)},
          {"created", to_json(std::optional(experiment.created()))},
          {"last_change", to_json(std::optional(experiment.last_change()))},
          {"torn_journal", view.torn}};
}

void add_count(std::string& text, int count, const char* word) {
  if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + word;
}

std::string trials_text(const Experiment& experiment) {
  const LiveCounts live = count_live(experiment);
  std::string text;
  add_count(text, experiment.count(TrialStatus::completed), "completed");
  add_count(text, experiment.count(TrialStatus::early_stopped), "stopped early");
  add_count(text, experiment.count(TrialStatus::failed), "failed");
  add_count(text, experiment.count(TrialStatus::abandoned), "abandoned");
  add_count(text, live.running, "running");
  add_count(text, live.pending, "pending");
  const int wanted = experiment.options().trials;
  return (text.empty() ? "none yet" : text) +
         (wanted > 0 && experiment.options().runner != "custom" ? " (of " + std::to_string(wanted) + " wanted)" : "");
}

/// A hint only: a clock of another machine is compared with ours here.
std::string ago(TimePoint then, TimePoint now) {
  return now < then ? "just now" : to_words(std::chrono::floor<std::chrono::seconds>(now - then)) + " ago";
}

std::string status_text(const View& view, const std::filesystem::path& folder, TimePoint now) {
  const Experiment& experiment = view.experiment;
  const std::string state = state_of(experiment, !view.owner.empty());
  std::string text = experiment.definition().name + " is " + state;
  if (!view.owner.empty()) text += ", by " + view.owner;
  if (state == "paused" && experiment.options().runner != "custom")
    text += "; continue with: stune resume " + folder.filename().string();
  text += "\n  objective  " + objective_text(experiment.definition());
  text += "\n  trials     " + trials_text(experiment);
  if (experiment.options().runner != "custom")
    text += "\n  parallel   " + counted(experiment.options().parallel, "trial") + " at a time";
  if (experiment.best_observed() >= 0) {
    const auto value = *objective_of(experiment, experiment.trial(experiment.best_observed()));
    text += "\n  best       " + with_error(value.mean, value.sem) + " (trial " +
            std::to_string(experiment.best_observed()) + ")";
  }
  text += "\n  begun      " + ago(experiment.created(), now) + ", last change " + ago(experiment.last_change(), now);
  text += "\n  folder     " + folder.string() + "\n";
  if (view.torn)
    text +=
        "  note       the journal's last line is not complete: it is being written, or a crash cut it (resume repairs "
        "that)\n";
  return text;
}

ExitCode show_status(const StatusArguments& arguments) {
  const auto folder = std::filesystem::absolute(experiment_folder(arguments.experiment)).lexically_normal();
  const View found = view(folder);
  std::cout << (arguments.json ? dump(status_json(found, folder)) : status_text(found, folder, SystemClock().now()));
  return ExitCode::success;
}

}  // namespace

void add_status(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<StatusArguments>();
  CLI::App* command = app.add_subcommand("status", "Show how far an experiment has got; changes nothing");
  add_experiment(*command, arguments->experiment);
  command->add_flag("--json", arguments->json, "one JSON object, for programs");
  command->footer("Example:\n  stune status train.stune");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return show_status(*arguments); }; });
}

}  // namespace stune::cli
