#include <algorithm>
#include <set>

#include "analysis/analyses.hpp"

namespace stune::analysis {
namespace {

/// The objective first, then every other metric that a trial has reported.
std::vector<std::string> metric_names(const Experiment& experiment) {
  std::vector<std::string> names;
  for (const Objective& o : experiment.definition().optimization.objectives) names.push_back(o.metric);
  std::set<std::string> others;
  for (const Trial& trial : experiment.trials()) {
    for (const Observation& o : trial.observations) others.insert(o.metric);
  }
  for (const std::string& name : others) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace

Card summarize_trials(const Experiment& experiment) {
  Card card{"Summary",
            "Trials of " + experiment.definition().name,
            "Every trial with its parameters and what it measured.",
            {"trial", "status", "generator"},
            {}};
  const std::vector<std::string> metrics = metric_names(experiment);
  card.columns.insert(card.columns.end(), metrics.begin(), metrics.end());
  for (const Parameter& p : experiment.definition().space.parameters()) card.columns.push_back(p.name);
  card.columns.emplace_back("reason");
  for (const Trial& trial : experiment.trials()) {
    std::vector<Value> row = {std::int64_t{trial.index}, std::string(to_string(trial.status)), trial.generator};
    for (const std::string& metric : metrics) {
      const auto value = latest(trial, metric);
      row.push_back(value ? Value{value->mean} : Value{std::string()});
    }
    row.insert(row.end(), trial.parameters.values().begin(), trial.parameters.values().end());
    row.emplace_back(trial.reason);
    card.rows.push_back(std::move(row));
  }
  return card;
}

}  // namespace stune::analysis
