/// \file What a Gaussian process with given hyperparameters believes about points, after observations.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <utility>

#include "model/cholesky.hpp"
#include "model/feature_map.hpp"
#include "model/likelihood.hpp"

namespace stune::model {

/// One entry per point; variances are those of the noise-free outcome, at least 1e-12.
struct Prediction {
  Eigen::VectorXd mean;
  Eigen::VectorXd variance;
};

/// Gradients with respect to the encoded coordinates (m x d); 0 for categorical dimensions.
struct PredictionWithGradients {
  Prediction at;
  Eigen::MatrixXd mean_gradient;
  Eigen::MatrixXd variance_gradient;
};

/// Immutable value; appending gives another one. Thread-safe to read.
class Posterior {
 public:
  /// Conditions on n >= 0 observations. Empty when the covariance cannot be factorized. n^3/3 flops.
  static std::optional<Posterior> condition(const FeatureMap& map, const Hyperparameters& theta,
                                            const Observations& data);

  Eigen::Index size() const { return y_.size(); }
  const Hyperparameters& theta() const { return theta_; }
  double jitter() const { return factor_.jitter; }

  /// Mean and variance at the rows of P (m x d). O(n m (D + n)), matrix products only.
  Prediction predict(const Eigen::MatrixXd& P) const;
  /// The same with gradients; about twice the cost.
  PredictionWithGradients predict_with_gradients(const Eigen::MatrixXd& P) const;
  /// Means at the points it was conditioned on.
  Eigen::VectorXd mean_at_observations() const;

  /// With p further observations and the same hyperparameters: extends the factor, O(n^2 p). Empty on a numerical
  /// failure.
  std::optional<Posterior> with_observations(const Observations& more) const;
  /// With pending points as if each had its predicted mean as outcome (kriging believer): means everywhere stay as they
  /// are, variances shrink. Empty on a numerical failure.
  std::optional<Posterior> with_believed(const Eigen::MatrixXd& pending) const;

 private:
  Posterior(const FeatureMap& map, Hyperparameters theta) : map_(map), theta_(std::move(theta)) {}
  void learn_weights();
  Eigen::MatrixXd solve(const Eigen::MatrixXd& columns, bool transposed) const;  // L^-1 (or L^-T) columns

  FeatureMap map_;
  Hyperparameters theta_;
  Eigen::MatrixXd Z_;  // features over lengthscales, n x D
  Eigen::VectorXd y_;
  Eigen::VectorXd diagonal_;  // noise of each observation, with jitter
  Factor factor_;
  Eigen::MatrixXd inverse_;  // of the factor, while n is small enough for it to pay; else empty
  Eigen::VectorXd alpha_;    // K^-1 (y - mean)
};

}  // namespace stune::model
