#include "model/fit.hpp"

#include <cassert>
#include <cmath>
#include <vector>

#include "model/bounded_lbfgs.hpp"

namespace stune::model {

namespace {

bool usable(const Hyperparameters& theta, Eigen::Index d) {
  return theta.lengthscales.size() == d && theta.lengthscales.allFinite() && (theta.lengthscales.array() > 0.0).all() &&
         std::isfinite(theta.output_scale) && theta.output_scale > 0.0 && std::isfinite(theta.noise) &&
         theta.noise > 0.0;
}

struct Box {
  Eigen::VectorXd lower, upper;
};

Box box_of_logs(Eigen::Index d, const HyperparameterBounds& bounds) {
  Box box{Eigen::VectorXd::Constant(d + 2, std::log(bounds.lengthscale_low)),
          Eigen::VectorXd::Constant(d + 2, std::log(bounds.lengthscale_high))};
  box.lower.tail(2) << std::log(bounds.output_scale_low), std::log(bounds.noise_low);
  box.upper.tail(2) << std::log(bounds.output_scale_high), std::log(bounds.noise_high);
  return box;
}

BoundedLbfgs search(NegativeLogPosterior& objective, const Eigen::VectorXd& start, const Box& box,
                    const FitOptions& options, int& evaluations) {
  LbfgsOptions lbfgs;
  lbfgs.max_iterations = options.max_iterations;
  lbfgs.relative_decrease = options.relative_decrease;
  lbfgs.gradient_tolerance = 1e-3;
  lbfgs.longest_step = 3.0;  // a factor of 20 in a hyperparameter
  BoundedLbfgs state(start, box.lower, box.upper, lbfgs);
  while (!state.done()) {
    ++evaluations;
    if (state.tell_value(objective.value(state.query()))) state.tell_gradient(objective.gradient());
  }
  return state;
}

constexpr double noisy = 1e-3;  // of the process variance

// Ruggedness looks like noise to a search that starts with some of it: there is a maximum at either side.
Hyperparameters rugged_and_exact(Hyperparameters theta) {
  theta.lengthscales *= 0.3;
  theta.noise = 1e-6;
  return theta;
}

}  // namespace

FitResult fit(const FeatureMap& map, const Observations& data, const std::optional<Hyperparameters>& warm_start,
              const FitOptions& options) {
  assert(data.y.size() >= 1);
  const Eigen::Index d = map.dimensions();
  const Priors priors = Priors::of(map);
  const Hyperparameters defaults = default_hyperparameters(priors, options.bounds);
  const bool warm = warm_start && usable(*warm_start, d);
  std::vector<Hyperparameters> starts;
  if (warm) starts.push_back(*warm_start);
  if (!warm || options.default_start) starts.push_back(defaults);

  if (warm && options.quiet_start && warm_start->noise > noisy * warm_start->output_scale) {
    starts.push_back(rugged_and_exact(defaults));
  }
  const Box box = box_of_logs(d, options.bounds);
  NegativeLogPosterior objective(map, data, priors, options.bounds);
  FitResult result;
  result.theta = starts.front();
  Eigen::VectorXd best;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const BoundedLbfgs end = search(objective, to_logs(starts[i]), box, options, result.evaluations);
    if (end.state() == BoundedLbfgs::State::failed) continue;
    const double value = end.value() / static_cast<double>(data.y.size());
    if (best.size() != 0 && value >= result.value) continue;
    best = end.point();
    result.value = value;
    result.outcome = end.state() == BoundedLbfgs::State::converged ? FitOutcome::converged : FitOutcome::limit;
    result.from_warm_start = warm && i == 0;
  }
  if (best.size() == 0) return result;
  objective.value(best);
  result.theta = objective.theta();
  result.jitter = objective.jitter();
  return result;
}

}  // namespace stune::model
