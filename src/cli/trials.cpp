#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "analysis/subject.hpp"
#include "base/clock.hpp"
#include "cli/describe.hpp"
#include "cli/export_tables.hpp"
#include "cli/quantities.hpp"
#include "cli/subcommands.hpp"
#include "cli/table.hpp"
#include "client/session.hpp"

namespace stune::cli {

using nlohmann::json;

namespace {

struct TrialsArguments {
  std::string experiment;
  bool json = false;
  bool csv = false;
  bool best_first = false;
};

json attempt_json(const Attempt& attempt) {
  json object{{"state", to_string(attempt.state)},
              {"submitted", to_json(std::optional(attempt.submitted))},
              {"started", to_json(attempt.started)},
              {"metadata", attempt.metadata}};
  if (!attempt.ending) return object;
  const Ending& ending = *attempt.ending;
  if (ending.started) object["started"] = to_json(ending.started);
  object.update({{"ended", to_json(ending.ended)},
                 {"cause", to_string(ending.cause)},
                 {"exit_code", ending.exit_code},
                 {"signal", ending.signal},
                 {"host", ending.host},
                 {"detail", ending.detail},
                 {"cpu_seconds", ending.cpu_seconds},
                 {"peak_memory", ending.peak_memory},
                 {"nodes", ending.nodes > 0 ? json(ending.nodes) : json(nullptr)}});
  return object;
}

json trial_json(const Experiment& experiment, const Trial& trial) {
  json object{{"trial", trial.index},
              {"status", to_string(trial.status)},
              {"generator", trial.generator},
              {"by_hand", experiment.is_manual(trial.index)},
              {"reason", trial.reason},
              {"parameters", to_json(trial.parameters)},
              {"observations", json::array()},
              {"attempts", json::array()},
              {"created", to_json(std::optional(trial.created))},
              {"ended", to_json(trial.ended)}};
  const auto value = objective_of(experiment, trial);
  object["objective"] = value ? to_json(*value)["mean"] : json(nullptr);
  object["sem"] = value ? to_json(*value)["sem"] : json(nullptr);
  for (const Observation& observation : trial.observations) object["observations"].push_back(to_json(observation));
  for (const Attempt& attempt : trial.attempts) object["attempts"].push_back(attempt_json(attempt));
  return object;
}

/// All trials, or the best first with those that have no value last.
std::vector<const Trial*> in_order(const Experiment& experiment, bool best_first) {
  std::vector<const Trial*> trials;
  for (const Trial& trial : experiment.trials()) trials.push_back(&trial);
  if (!best_first) return trials;
  const double sign = experiment.definition().optimization.objectives.at(0).minimize ? 1.0 : -1.0;
  const auto key = [&](const Trial* trial) {
    const auto value = objective_of(experiment, *trial);
    const bool counts =
        value && (trial->status == TrialStatus::completed || trial->status == TrialStatus::early_stopped);
    return counts && !std::isnan(value->mean) ? sign * value->mean : std::numeric_limits<double>::infinity();
  };
  std::stable_sort(trials.begin(), trials.end(), [&](const Trial* a, const Trial* b) { return key(a) < key(b); });
  return trials;
}

/// How long the last attempt has run, as far as it is known.
std::string run_time_text(const Trial& trial) {
  const auto elapsed = analysis::run_time(trial);
  if (!elapsed) return "";
  return *elapsed < Seconds{10} ? number(elapsed->count(), 2) + " s"
                                : to_words(std::chrono::round<std::chrono::seconds>(*elapsed));
}

std::string status_word(const Experiment& experiment, const Trial& trial) {
  if (trial.status == TrialStatus::running && !experiment.is_manual(trial.index) && !trial.attempts.empty() &&
      trial.attempts.back().state != JobState::running && trial.attempts.back().state != JobState::ended) {
    return "pending";
  }
  return to_string(trial.status);
}

std::string cell(const Value& value) {
  const double* real = std::get_if<double>(&value);
  return printable(real ? number(*real) : to_string(value));
}

std::string first_line(const std::string& text, std::size_t most) {
  return shortened(printable(text.substr(0, text.find('\n'))), most);
}

std::string trials_table(const Experiment& experiment, bool best_first) {
  using enum Table::Align;
  std::vector<Table::Column> columns{
      {"trial"}, {"status", left}, {experiment.definition().optimization.objectives.at(0).metric}, {"+-"}};
  for (const Parameter& parameter : experiment.definition().space.parameters()) columns.push_back({parameter.name});
  columns.insert(columns.end(), {{"by", left}, {"time"}, {"attempts"}, {"reason", left}});
  Table table(columns);
  for (const Trial* trial : in_order(experiment, best_first)) {
    const auto value = objective_of(experiment, *trial);
    std::vector<std::string> row{std::to_string(trial->index), status_word(experiment, *trial),
                                 value ? number(value->mean) : "",
                                 value && std::isfinite(value->sem) && value->sem > 0 ? number(value->sem, 2) : ""};
    for (const Value& one : trial->parameters.values()) row.push_back(cell(one));
    row.insert(row.end(), {trial->generator, run_time_text(*trial),
                           trial->attempts.size() > 1 ? std::to_string(trial->attempts.size()) : "",
                           first_line(analysis::reason_of(*trial), 60)});
    table.add(std::move(row));
  }
  return experiment.trials().empty() ? "No trial yet.\n" : table.text();
}

std::string trials_csv(const Experiment& experiment, bool best_first) {
  ExportTable table = trials_table_for_export(experiment);
  std::vector<std::vector<Cell>> rows;
  for (const Trial* trial : in_order(experiment, best_first)) {
    rows.push_back(std::move(table.rows[static_cast<std::size_t>(trial->index)]));
  }
  table.rows = std::move(rows);
  return to_csv(table);
}

ExitCode show_trials(const TrialsArguments& arguments) {
  const View found = view(experiment_folder(arguments.experiment));
  if (arguments.csv) {
    std::cout << trials_csv(found.experiment, arguments.best_first);
    return ExitCode::success;
  }
  if (!arguments.json) {
    std::cout << trials_table(found.experiment, arguments.best_first);
    return ExitCode::success;
  }
  const Objective& objective = found.experiment.definition().optimization.objectives.at(0);
  json document{{"name", found.experiment.definition().name},
                {"objective", {{"metric", objective.metric}, {"minimize", objective.minimize}}},
                {"trials", json::array()}};
  for (const Trial* trial : in_order(found.experiment, arguments.best_first)) {
    document["trials"].push_back(trial_json(found.experiment, *trial));
  }
  std::cout << dump(document);
  return ExitCode::success;
}

}  // namespace

void add_trials(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<TrialsArguments>();
  CLI::App* command = app.add_subcommand("trials", "List the trials with parameters and results; changes nothing");
  add_experiment(*command, arguments->experiment);
  command->add_flag("--best-first", arguments->best_first, "sort by the objective");
  CLI::Option* as_json =
      command->add_flag("--json", arguments->json, "one JSON object with everything that is known, for programs");
  command->add_flag("--csv", arguments->csv, "the table of stune export, for spreadsheets")->excludes(as_json);
  command->footer("Example:\n  stune trials train.stune --best-first");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return show_trials(*arguments); }; });
}

}  // namespace stune::cli
