#include <cmath>

#include "analysis/analyses.hpp"

namespace stune::analysis {

Card trace_optimization(const Experiment& experiment) {
  const Objective& objective = experiment.definition().optimization.objectives.front();
  Card card{"Optimization trace",
            "Best " + objective.metric + " so far",
            "Each row is a trial that beat all before it; long gaps at the end mean that little is left to find.",
            {"trial", "generator", objective.metric},
            {}};
  double best = std::nan("");
  for (const Trial& trial : experiment.trials()) {
    const auto value = trial.status == TrialStatus::completed ? objective_of(experiment, trial) : std::nullopt;
    if (!value || std::isnan(value->mean)) continue;
    const bool better = std::isnan(best) || (objective.minimize ? value->mean < best : value->mean > best);
    if (!better) continue;
    best = value->mean;
    card.rows.push_back({std::int64_t{trial.index}, trial.generator, best});
  }
  return card;
}

}  // namespace stune::analysis
