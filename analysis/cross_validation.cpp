#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "analysis/drawing.hpp"
#include "analysis/statistics.hpp"
#include "analysis/validation.hpp"

namespace stune::analysis {
namespace {

constexpr double enough_inside = 0.8;  // of the trials in their 95 % intervals

std::string on_predictions(const Validation& v) {
  switch (trust(v)) {
    case Trust::full:
      return concat({"The model", v.coverage < enough_inside ? "'s predictions" : "",
                     " can be trusted where trials are; what it says of "
                     "regions without any is a guess."});
    case Trust::direction:
      return "The model sees the trend but not the details: believe which parameters matter and where to look, not the "
             "numbers.";
    case Trust::order_only:
      return "The model knows better from worse but not by how much: its proposals are sound, its numbers are not.";
    case Trust::none:
      break;
  }
  return "The model is hardly better than the mean of all trials: do not conclude anything from it yet. More trials, "
         "fewer parameters, a logarithmic scale where values span orders of magnitude, or less noise would help.";
}

/// Of 95 % intervals a share of 95 % is right; what a few trials show is no more than a hint.
std::string on_intervals(const Validation& v) {
  if (v.coverage < enough_inside) return " Its intervals are too narrow: doubt the bands.";
  if (v.trials.size() < enough_to_trust)
    return concat({" These are few trials: from ", std::to_string(enough_to_trust), " on this can be relied on."});
  return {};
}

Figure draw(const Subject& subject, const Validation& v) {
  Figure figure;
  figure.title = "Foretold and seen";
  figure.look_for = "Points near the line: the nearer, the better the model knows trials that it has not seen.";
  figure.x.title = concat({subject.objective().metric, ", observed"});
  figure.y.title = concat({subject.objective().metric, ", predicted from all other trials"});
  Trace points{Trace::Kind::points, "trials"}, line{Trace::Kind::line, "foretold = seen"};
  for (const LeftOut& one : v.trials) {
    points.x.push_back(one.observed);
    points.y.push_back(one.belief.mean);
    points.low.push_back(one.belief.low);
    points.high.push_back(one.belief.high);
    points.labels.push_back(label(subject, subject.experiment.trial(one.trial)));
  }
  const auto [low, high] = std::ranges::minmax(points.x);
  line.x = line.y = {low, high};
  figure.traces = {std::move(points), std::move(line)};
  return figure;
}

}  // namespace

Validation validate(std::vector<LeftOut> trials) {
  Validation v;
  std::vector<double> seen, foretold;
  std::size_t inside = 0;
  for (const LeftOut& one : trials) {
    seen.push_back(one.observed);
    foretold.push_back(one.belief.mean);
    inside += one.observed >= one.belief.low && one.observed <= one.belief.high ? 1 : 0;
  }
  const double mean = mean_of(seen);
  double errors = 0.0, all = 0.0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    errors += std::pow(seen[i] - foretold[i], 2);
    all += std::pow(seen[i] - mean, 2);
  }
  v.r2 = 1.0 - errors / all;
  v.rank = rank_correlation(seen, foretold);
  v.coverage = static_cast<double>(inside) / static_cast<double>(trials.size());
  v.trials = std::move(trials);
  return v;
}

std::optional<Validation> validate(const Surrogate& surrogate) {
  std::vector<LeftOut> trials = surrogate.leave_one_out();
  const auto [low, high] = std::ranges::minmax(trials, {}, &LeftOut::observed);
  if (trials.size() < fewest_to_validate || !(low.observed < high.observed)) return {};
  return validate(std::move(trials));
}

Trust trust(const Validation& v) {
  if (v.r2 >= 0.8 && v.trials.size() >= enough_to_trust) return Trust::full;
  if (v.r2 >= 0.3) return Trust::direction;
  return v.rank >= 0.5 ? Trust::order_only : Trust::none;
}

Card cross_validate(const Subject& subject) {
  const std::string& metric = subject.objective().metric;
  Card card{"Cross-validation",
            "Can the model be trusted?",
            {},
            {"trial", metric, "predicted", "95 % from", "95 % to", "inside"},
            {},
            {}};
  if (!subject.validation) {
    card.text = subject.measured.size() < fewest_to_validate
                    ? concat({"That cannot be told before ", counted(fewest_to_validate, "trial"), " have completed."})
                    : concat({"All trials have the same ", metric, ": there is nothing to learn from."});
    return card;
  }
  const Validation& v = *subject.validation;
  card.text =
      concat({on_predictions(v), on_intervals(v), " Each trial was predicted from all others: R2 ", brief(v.r2),
              ", rank correlation ", brief(v.rank), ", ", percent(v.coverage), " inside of their 95 % intervals."});
  card.text += " The model's hyperparameters were chosen with all of them.";
  card.text += model_note(subject);
  for (const LeftOut& one : v.trials) {
    const bool inside = one.observed >= one.belief.low && one.observed <= one.belief.high;
    card.rows.push_back(
        {std::int64_t{one.trial}, one.observed, one.belief.mean, one.belief.low, one.belief.high, inside});
  }
  card.figures.push_back(draw(subject, v));
  return card;
}

}  // namespace stune::analysis
