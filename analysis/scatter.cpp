#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"

namespace stune::analysis {
namespace {

constexpr std::size_t most_points_in_all = 60000;
constexpr double quantile_of_975 = 1.959963984540054;

void add(Trace& trace, const Subject& subject, const Trial& trial, double x) {
  const Observation seen = *objective_of(subject.experiment, trial);
  const double reach = std::isfinite(seen.sem) ? quantile_of_975 * seen.sem : 0.0;
  trace.x.push_back(x);
  trace.y.push_back(seen.mean);
  trace.low.push_back(seen.mean - reach);
  trace.high.push_back(seen.mean + reach);
  trace.labels.push_back(label(subject, trial));
}

void drop_bars_without_length(Trace& trace) {
  if (trace.low != trace.high) return;
  trace.low.clear();
  trace.high.clear();
}

Figure draw(const Subject& subject, const Parameter& parameter, const std::vector<const Trial*>& trials) {
  Figure figure;
  figure.title = subject.objective().metric + " by " + parameter.name;
  figure.look_for =
      "A trend, or a region that later (brighter) trials keep to: that is where the search believes the best to be.";
  figure.x = axis_of(parameter);
  figure.y.title = subject.objective().metric;
  figure.colour = "trial";
  Trace all{Trace::Kind::points, "trials"}, best{Trace::Kind::points, "best"};
  for (const Trial* trial : trials) {
    const double x = position(parameter, trial->parameters.at(parameter.name));
    add(all, subject, *trial, x);
    all.z.push_back(trial->index);
    if (trial->index == subject.experiment.best_observed()) add(best, subject, *trial, x);
  }
  drop_bars_without_length(all);
  drop_bars_without_length(best);
  figure.traces = {std::move(all), std::move(best)};
  return figure;
}

}  // namespace

Card scatter_parameters(const Subject& subject) {
  Card card{"Scatter", subject.objective().metric + " by each parameter", {}, {}, {}, {}};
  const std::size_t d = subject.space().dimension();
  if (subject.measured.empty() || d == 0) return card;
  const std::vector<const Trial*> trials =
      drawn(subject, std::min(most_points, std::max<std::size_t>(most_points_in_all / d, 100)));
  card.text = "What was measured, with 95 % intervals where the standard error is known." +
              thinned_note(trials.size(), subject.measured.size());
  for (std::size_t k = 0; k < d; ++k) card.figures.push_back(draw(subject, subject.space().tuned(k), trials));
  return card;
}

}  // namespace stune::analysis
