/// \file From outcomes in the user's units to predictions in the user's units: outcome transform, fit and posterior in
/// one value. Outcomes are in max-form (larger is better); what is minimized is negated by the caller.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <utility>

#include "model/fit.hpp"
#include "model/kept_covariance.hpp"
#include "model/outcome_transform.hpp"
#include "model/posterior.hpp"

namespace stune::model {

/// What was measured. y(i) that is not finite: the trial failed; it counts as worse than the worst (by half the range
/// and one).
struct Measurements {
  Eigen::MatrixXd X;    ///< n x d, encoded points
  Eigen::VectorXd y;    ///< n, max-form
  Eigen::VectorXd sem;  ///< n or 0; standard error of y(i), NaN where unknown, 0 where exact
};

struct RegressionOptions {
  Warp warp = Warp::yeo_johnson;
  std::optional<Hyperparameters> warm_start = std::nullopt;  ///< of an earlier fit to fewer measurements
  bool refit = true;                                         ///< false: use warm_start as it is
  Eigen::Index base = 0;  ///< without refit: so many leading measurements were known to warm_start's fit; 0: all
  Eigen::Index largest_fit = 600;  ///< beyond, hyperparameters come from that many measurements: the best and a spread
  FitOptions fit = {};
};

/// z -> (z - shift) / scale.
struct Affine {
  double shift = 0.0;
  double scale = 1.0;
};

/// One entry for each point, in the user's units.
struct UserPrediction {
  Eigen::VectorXd mean;       ///< median of the belief
  Eigen::VectorXd sem;        ///< half the width of its central 68 % interval
  Eigen::VectorXd low, high;  ///< its central 95 % interval
};

/// Noise over the variance of the process from which outcomes count as noisy: ranks of single ones mean little, and a
/// curved transform makes unequal noise of equal.
inline constexpr double noisy_ratio = 0.05;

/// What Regression::noise_ratio() would say with these hyperparameters.
double noise_ratio(const Measurements& data, Warp warp, const Hyperparameters& theta);

/// Immutable.
class Regression {
 public:
  /// Empty when no outcome is finite or the covariance cannot be factorized.
  /// With `kept`, points appended since the last call cost O(n^2) each where nothing is refitted: known errors are
  /// transformed as if the base were all, so that those of the base stay as they are.
  static std::optional<Regression> make(const FeatureMap& map, const Measurements& data,
                                        const RegressionOptions& options, KeptCovariance* kept = nullptr);

  /// What is believed of the noise-free outcome at each row of P (m x d), through the inverse of the outcome transform.
  UserPrediction predict(const Eigen::MatrixXd& P) const;
  /// Its median only: O(n m D) instead of O(n^2 m).
  Eigen::VectorXd predict_median(const Eigen::MatrixXd& P) const;
  /// What all others let expect of each measurement, its noise included; outcome transform and hyperparameters stay as
  /// they are. About n^3 flops. Reference: Rasmussen & Williams (2006), eq. 5.12.
  UserPrediction leave_one_out() const;

  const Posterior& posterior() const { return posterior_; }
  const OutcomeTransform& transform() const { return transform_; }
  const FitResult& fit_result() const { return fit_; }
  /// Outcomes as the model sees them (transformed; failed ones filled in).
  const Eigen::VectorXd& outcomes() const { return outcomes_; }
  /// Their noise, known or fitted, before jitter.
  const Eigen::VectorXd& noise() const { return noise_; }
  /// The largest of Posterior::surprises() among measurements that the fit did not know; 0 if there are none.
  double largest_surprise() const;
  /// The median of noise(): a few observations of which little is known do not make the others doubtful.
  double typical_noise() const;
  /// The typical noise over the variance of the process.
  double noise_ratio() const;

 private:
  Regression(OutcomeTransform transform, Posterior posterior)
      : transform_(std::move(transform)), posterior_(std::move(posterior)) {}

  double user(double z) const { return transform_.inverse(z * after_failures_.scale + after_failures_.shift); }
  UserPrediction user(const Prediction& z) const;
  Eigen::VectorXd leave_one_out_precision() const;

  OutcomeTransform transform_;
  Affine after_failures_;  // applied after the transform when failed trials were filled in
  Posterior posterior_;
  FitResult fit_;
  Eigen::VectorXd outcomes_;
  Eigen::VectorXd noise_;
  Eigen::Index base_ = 0;
};

}  // namespace stune::model
