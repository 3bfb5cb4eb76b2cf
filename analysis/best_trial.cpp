#include "analysis/analyses.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::analysis {
namespace {

std::vector<Value> row(const Experiment& experiment, const std::string& how, int index, const Value& value,
                       const Value& sem) {
  const Trial& trial = experiment.trial(index);
  std::vector<Value> cells = {how, std::int64_t{index}, value, sem};
  cells.insert(cells.end(), trial.parameters.values().begin(), trial.parameters.values().end());
  return cells;
}

}  // namespace

Card show_best(const Experiment& experiment) {
  const Objective& objective = experiment.definition().optimization.objectives.front();
  Card card{"Best trial",
            "Best " + objective.metric,
            "The model's choice forgives a lucky measurement; where both rows name one trial, trust it.",
            {"by", "trial", objective.metric, "sem"},
            {}};
  for (const Parameter& p : experiment.definition().space.parameters()) card.columns.push_back(p.name);
  if (const auto best = best_point(experiment, true)) {
    card.rows.push_back(row(experiment, "model", best->trial, best->belief.mean, best->belief.sem));
  }
  if (experiment.best_observed() >= 0) {
    const Observation seen = *objective_of(experiment, experiment.trial(experiment.best_observed()));
    card.rows.push_back(row(experiment, "observed", experiment.best_observed(), seen.mean, seen.sem));
  }
  const bool has_defaults = !experiment.trials().empty() && experiment.trial(0).generator == "Default";
  if (has_defaults) {
    if (const auto seen = objective_of(experiment, experiment.trial(0))) {
      card.rows.push_back(row(experiment, "defaults", 0, seen->mean, seen->sem));
    }
  }
  return card;
}

}  // namespace stune::analysis
