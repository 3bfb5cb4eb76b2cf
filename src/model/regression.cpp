#include "model/regression.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace stune::model {

namespace {

std::vector<Eigen::Index> finite_entries(const Eigen::VectorXd& y) {
  std::vector<Eigen::Index> result;
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    if (std::isfinite(y(i))) result.push_back(i);
  }
  return result;
}

// Failed ones get a value below all others; then everything is standardized again.
Eigen::VectorXd fill_in_failures(const Eigen::VectorXd& y, const Eigen::VectorXd& transformed, Affine& affine) {
  if (transformed.size() == y.size()) return transformed;
  const double low = transformed.minCoeff();
  const double failed = low - (0.5 * (transformed.maxCoeff() - low) + 1.0);
  Eigen::VectorXd z(y.size());
  for (Eigen::Index i = 0, next = 0; i < y.size(); ++i) z(i) = std::isfinite(y(i)) ? transformed(next++) : failed;
  affine.shift = z.mean();
  affine.scale = std::sqrt((z.array() - affine.shift).square().sum() / static_cast<double>(z.size() - 1));
  return ((z.array() - affine.shift) / affine.scale).matrix();
}

// Transformed outcomes, and what transformed them.
struct Transformed {
  OutcomeTransform transform;
  Affine after_failures;
  Eigen::VectorXd y;
};

// Of at least one finite outcome.
Transformed transformed(Warp warp, const Eigen::VectorXd& y) {
  const Eigen::VectorXd finite = y(finite_entries(y));
  Transformed result{OutcomeTransform::fit(warp, finite), {}, {}};
  result.y = fill_in_failures(y, result.transform.forward(finite), result.after_failures);
  return result;
}

bool is_known(const Measurements& data, Eigen::Index i) {
  return data.sem.size() != 0 && std::isfinite(data.y(i)) && std::isfinite(data.sem(i));
}

// NaN where the user told nothing, and for failed trials.
Eigen::VectorXd transformed_variances(const Transformed& by, const Measurements& data) {
  Eigen::VectorXd result = Eigen::VectorXd::Constant(data.y.size(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index i = 0; i < data.y.size(); ++i) {
    if (!is_known(data, i)) continue;
    constexpr double says_nothing = 1e8;  // of the variance of outcomes; keeps an error of 1e300 from being infinite
    const double sd = by.transform.forward_sem(data.y(i), std::abs(data.sem(i))) / by.after_failures.scale;
    result(i) = std::fmin(sd * sd, says_nothing);
  }
  return result;
}

// By the transform of all, or of the first `base` where that is not 0; empty where nothing is known.
Eigen::VectorXd known_variances(const Transformed& all, Warp warp, const Measurements& data, Eigen::Index base) {
  bool any = false;
  for (Eigen::Index i = 0; i < data.y.size(); ++i) any = any || is_known(data, i);
  if (!any) return {};
  const bool frozen = base > 0 && base < data.y.size() && !finite_entries(data.y.head(base)).empty();
  return transformed_variances(frozen ? transformed(warp, data.y.head(base)) : all, data);
}

double median(Eigen::VectorXd values) {
  auto* const middle = values.data() + values.size() / 2;
  std::nth_element(values.data(), middle, values.data() + values.size());
  return *middle;
}

// A quarter of the best and an even spread over the others, in their order.
Observations subset(const Observations& all, Eigen::Index count) {
  const Eigen::Index n = all.y.size();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return all.y(a) > all.y(b); });
  const Eigen::Index best = count / 4;
  std::vector<Eigen::Index> chosen(order.begin(), order.begin() + best);
  std::sort(order.begin() + best, order.end());
  for (Eigen::Index i = 0; i < count - best; ++i) {
    chosen.push_back(order[static_cast<std::size_t>(best + i * (n - best) / (count - best))]);
  }
  std::sort(chosen.begin(), chosen.end());
  Observations result{all.X(chosen, Eigen::all), all.y(chosen), {}};
  if (all.known_variance.size() != 0) result.known_variance = all.known_variance(chosen);
  return result;
}

}  // namespace

std::optional<Regression> Regression::make(const FeatureMap& map, const Measurements& data,
                                           const RegressionOptions& options, KeptCovariance* kept) {
  assert(data.X.rows() == data.y.size() && (data.sem.size() == 0 || data.sem.size() == data.y.size()));
  if (finite_entries(data.y).empty()) return std::nullopt;
  Transformed outcomes = transformed(options.warp, data.y);
  const bool refitted = options.refit || !options.warm_start || options.base == 0;
  Observations observations{data.X, std::move(outcomes.y), {}};
  observations.known_variance = known_variances(outcomes, options.warp, data, refitted ? 0 : options.base);

  FitResult fitted;
  if (options.refit || !options.warm_start) {
    fitted = observations.y.size() > options.largest_fit
                 ? model::fit(map, subset(observations, options.largest_fit), options.warm_start, options.fit)
                 : model::fit(map, observations, options.warm_start, options.fit);
  } else {
    fitted.outcome = FitOutcome::converged;
    fitted.theta = *options.warm_start;
    fitted.from_warm_start = true;
  }
  const Eigen::Index n = observations.y.size();
  const Eigen::Index base = refitted ? n : std::min(options.base, n);
  const Eigen::VectorXd noise = noise_diagonal(observations.known_variance, n, fitted.theta.noise);
  KeptCovariance nothing;
  auto covariance = (kept != nullptr ? *kept : nothing).get(map, fitted.theta, observations.X, noise, base);
  if (!covariance) return std::nullopt;
  Regression result(std::move(outcomes.transform), Posterior(std::move(covariance), observations.y));
  result.after_failures_ = outcomes.after_failures;
  result.fit_ = std::move(fitted);
  result.outcomes_ = observations.y;
  result.noise_ = noise;
  result.base_ = base;
  return result;
}

double noise_ratio(const Measurements& data, Warp warp, const Hyperparameters& theta) {
  Eigen::VectorXd known;
  if (!finite_entries(data.y).empty()) known = known_variances(transformed(warp, data.y), warp, data, 0);
  const Eigen::Index n = std::max<Eigen::Index>(data.y.size(), 1);
  return median(noise_diagonal(known, known.size() == 0 ? n : known.size(), theta.noise)) / theta.output_scale;
}

double Regression::largest_surprise() const {
  const Eigen::Index later = outcomes_.size() - base_;
  return later > 0 ? posterior_.surprises().tail(later).cwiseAbs().maxCoeff() : 0.0;
}

UserPrediction Regression::user(const Prediction& z) const {
  constexpr double quantile_of_975 = 1.959963984540054;
  const Eigen::Index m = z.mean.size();
  UserPrediction out{Eigen::VectorXd(m), Eigen::VectorXd(m), Eigen::VectorXd(m), Eigen::VectorXd(m)};
  for (Eigen::Index i = 0; i < m; ++i) {
    const double sd = std::sqrt(z.variance(i));
    out.mean(i) = user(z.mean(i));
    out.sem(i) = 0.5 * (user(z.mean(i) + sd) - user(z.mean(i) - sd));
    out.low(i) = user(z.mean(i) - quantile_of_975 * sd);
    out.high(i) = user(z.mean(i) + quantile_of_975 * sd);
  }
  return out;
}

UserPrediction Regression::predict(const Eigen::MatrixXd& P) const { return user(posterior_.predict(P)); }

Eigen::VectorXd Regression::predict_median(const Eigen::MatrixXd& P) const {
  return posterior_.predict_mean(P).unaryExpr([this](double z) { return user(z); });
}

Eigen::VectorXd Regression::leave_one_out_precision() const {
  const Covariance& covariance = posterior_.covariance();
  const Eigen::Index n = covariance.size();
  return covariance.solve(Eigen::MatrixXd::Identity(n, n), false).colwise().squaredNorm().transpose();
}

UserPrediction Regression::leave_one_out() const {
  const Eigen::VectorXd precision = leave_one_out_precision();
  return user(Prediction{outcomes_ - posterior_.weights().cwiseQuotient(precision), precision.cwiseInverse()});
}

double Regression::typical_noise() const { return median(noise_); }

double Regression::noise_ratio() const { return typical_noise() / posterior_.theta().output_scale; }

}  // namespace stune::model
