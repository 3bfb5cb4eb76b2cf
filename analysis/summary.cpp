#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {
namespace {

/// The objective first, then every other metric that a trial has reported.
std::vector<std::string> metric_names(const Subject& subject) {
  std::vector<std::string> names{subject.objective().metric};
  std::set<std::string> others;
  for (const Trial& trial : subject.experiment.trials()) {
    for (const Observation& o : trial.observations) others.insert(o.metric);
  }
  for (const std::string& name : others) {
    if (name != names.front()) names.push_back(name);
  }
  return names;
}

std::string overview(const Experiment& experiment) {
  std::string text;
  for (const TrialStatus status : {TrialStatus::completed, TrialStatus::early_stopped, TrialStatus::failed,
                                   TrialStatus::abandoned, TrialStatus::running, TrialStatus::created}) {
    const int count = experiment.count(status);
    if (count == 0) continue;
    text += concat({text.empty() ? "" : ", ", std::to_string(count), " ", in_words(to_string(status))});
  }
  return text.empty() ? "No trial yet." : concat({text, "."});
}

Value seconds(std::optional<Seconds> time) { return cell(time ? std::optional(time->count()) : std::nullopt); }

std::vector<Value> row(const Trial& trial, const std::vector<std::string>& metrics) {
  std::vector<Value> cells{std::int64_t{trial.index}, in_words(to_string(trial.status)), trial.generator};
  for (const std::string& metric : metrics) {
    const auto seen = latest(trial, metric);
    cells.push_back(cell(seen ? std::optional(seen->mean) : std::nullopt));
    cells.push_back(cell(seen ? std::optional(seen->sem) : std::nullopt));
  }
  cells.insert(cells.end(), trial.parameters.values().begin(), trial.parameters.values().end());
  cells.emplace_back(static_cast<std::int64_t>(trial.attempts.size()));
  cells.push_back(seconds(queue_wait(trial)));
  cells.push_back(seconds(run_time(trial)));
  cells.emplace_back(reason_of(trial));
  return cells;
}

}  // namespace

Card summarize_trials(const Subject& subject) {
  Card card{"Summary", "All trials", overview(subject.experiment), {"trial", "status", "generator"}, {}, {}};
  const std::vector<std::string> metrics = metric_names(subject);
  for (const std::string& metric : metrics) card.columns.insert(card.columns.end(), {metric, metric + " sem"});
  for (const Parameter& p : subject.space().parameters()) card.columns.push_back(p.name);
  card.columns.insert(card.columns.end(), {"attempts", "queue wait / s", "run time / s", "reason"});
  for (const Trial& trial : subject.experiment.trials()) card.rows.push_back(row(trial, metrics));
  drop_empty_columns(card);
  return card;
}

Card describe_experiment(const Subject& subject) {
  const Definition& definition = subject.experiment.definition();
  Card card{"Experiment",
            definition.name,
            concat({subject.objective().minimize ? "Minimize " : "Maximize ", subject.objective().metric, "."}),
            {"parameter", "kind", "default"},
            {},
            {}};
  if (!definition.description.empty()) card.text += concat({" ", definition.description});
  if (const auto size = subject.space().size())
    card.text += concat({" ", brief(*size), " different trials are possible."});
  for (const Parameter& p : subject.space().parameters()) {
    Parameter plain = p;
    plain.default_value.reset();
    card.rows.push_back({p.name, describe(plain), p.default_value.value_or(std::string())});
  }
  drop_empty_columns(card);
  return card;
}

}  // namespace stune::analysis
