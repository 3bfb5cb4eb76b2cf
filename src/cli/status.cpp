#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "cli/control_options.hpp"
#include "cli/describe.hpp"
#include "cli/quantities.hpp"
#include "cli/sparkline.hpp"
#include "cli/subcommands.hpp"
#include "client/log_progress.hpp"
#include "client/session.hpp"
#include "runners/slurm_advice.hpp"
#include "runners/slurm_watch.hpp"
#include "storage/telemetry.hpp"

namespace stune::cli {

namespace {

struct StatusArguments {
  std::string experiment;
  bool json = false;
};

/// Trials that wait, in the queue or for it, for a reason that a person should know.
std::map<int, std::string> waiting_reasons(const Experiment& experiment) {
  std::map<int, std::string> reasons;
  for (const auto* trials : {&experiment.live(), &experiment.waiting()}) {
    for (const int trial : *trials) {
      const auto& attempts = experiment.trial(trial).attempts;
      if (attempts.empty() || attempts.back().state > JobState::pending) continue;
      const auto reason = attempts.back().metadata.find(slurm::reason_key);
      if (reason != attempts.back().metadata.end()) reasons[trial] = reason->second;
    }
  }
  return reasons;
}

/// A lock that is counted up every 20 s, seen through a file system that may remember its time for a minute.
constexpr Seconds silent_for_long{150};

/// Another machine's lock that does not beat: perhaps nobody is there any more.
bool may_be_dead(const View& view) { return view.owner_is_elsewhere && view.owner_silent > silent_for_long; }

std::string believed_state(const View& view) {
  return may_be_dead(view) ? "unknown" : state_of(view.experiment, !view.owner.empty());
}

nlohmann::json waiting_json(const Experiment& experiment) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [trial, reason] : waiting_reasons(experiment)) {
    list.push_back({{"trial", trial}, {"reason", reason}, {"advice", slurm::advice(reason)}});
  }
  return list;
}

nlohmann::json budget_json(const View& view) {
  const auto telemetry = parse_telemetry(view.telemetry);
  if (!telemetry) return nullptr;
  return {{"queue", telemetry->budget},
          {"cpu_seconds", telemetry->cpu_seconds},
          {"peak_memory", telemetry->peak_memory},
          {"host", telemetry->host},
          {"at", to_json(std::optional(telemetry->at))},
          {"coordinators", telemetry->all.coordinators},
          {"all_cpu_seconds", telemetry->all.cpu_seconds},
          {"all_batch_calls", telemetry->all.batch_calls},
          {"report_seconds", telemetry->all.report_seconds}};
}

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
          {"state", believed_state(view)},
          {"owner", owner_json(view.owner)},
          {"owner_silent", view.owner.empty() ? nlohmann::json(nullptr) : nlohmann::json(view.owner_silent.count())},
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
          {"waiting", waiting_json(experiment)},
          {"budget", budget_json(view)},
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

/// Why jobs wait that should not, and what to do; one line for each reason.
std::string waiting_text(const Experiment& experiment) {
  std::map<std::string, std::vector<int>> trials;
  for (const auto& [trial, reason] : waiting_reasons(experiment)) trials[reason].push_back(trial);
  std::string text;
  for (const auto& [reason, which] : trials) {
    const std::string what = slurm::advice(reason);
    text += "\n  waiting    " + counted(static_cast<std::int64_t>(which.size()), "trial") + " (" + ranges(which) +
            "): " + reason + (what.empty() ? "" : "; " + what);
  }
  return text;
}

/// What coordinators have cost the batch system and their machines, as the last one wrote.
std::string budget_text(const View& view) {
  const auto telemetry = parse_telemetry(view.telemetry);
  if (!telemetry) return {};
  std::string text;
  for (const std::string& line : telemetry->budget)
    text += (text.empty() ? "\n  queue      " : "\n             ") + line;
  const Costs& all = telemetry->all;
  text += "\n  cost       ";
  if (all.coordinators > 1) {
    text +=
        number(all.cpu_seconds, 3) + " s of CPU by " + std::to_string(all.coordinators) + " coordinators; the last ";
  }
  return text + number(telemetry->cpu_seconds, 3) + " s of CPU, " +
         number(static_cast<double>(telemetry->peak_memory) / 1e6, 3) + " MB at most, on " + telemetry->host;
}

std::string status_text(const View& view, const std::filesystem::path& folder, TimePoint now) {
  const Experiment& experiment = view.experiment;
  const std::string state = believed_state(view);
  std::string text = experiment.definition().name + (may_be_dead(view) ? " may be running" : " is " + state);
  if (!view.owner.empty()) text += ", by " + view.owner;
  if (may_be_dead(view)) {
    text += ", which has shown no life for " + to_words(std::chrono::floor<std::chrono::seconds>(view.owner_silent)) +
            "; if it has ended, continue with: stune resume " + folder.filename().string() + " --take-over";
  }
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
  if (const std::string trace = trace_text(experiment); !trace.empty()) text += "\n  trace      " + trace;
  text += waiting_text(experiment) + budget_text(view);
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
