/// \file What a Gaussian process with given hyperparameters believes about points, after observations.
#pragma once

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/covariance.hpp"
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

/// Means of several points, and how they vary together.
struct JointPrediction {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;  ///< of the noise-free outcomes; lower triangle
};

/// Some points, and how each varies with each of some others.
struct CrossPrediction {
  Prediction at;
  Eigen::MatrixXd covariance;  ///< of the noise-free outcomes; a row for each point, a column for each of the others
};

/// Immutable value, cheap to copy: the covariance is shared. Thread-safe to read.
class Posterior {
 public:
  /// Conditions on n >= 0 observations. Empty when the covariance cannot be factorized. n^3/3 flops.
  static std::optional<Posterior> condition(const FeatureMap& map, const Hyperparameters& theta,
                                            const Observations& data);
  /// The same where the covariance of the observed points is at hand. O(n^2).
  Posterior(std::shared_ptr<const Covariance> covariance, Eigen::VectorXd y);
  /// Other points are known too, as if each had its predicted mean as outcome (kriging believer): means stay as they
  /// are, variances shrink. `covariance` is that of all points; observation i of this is its point places[i]. O(n).
  Posterior with_covariance(std::shared_ptr<const Covariance> covariance,
                            const std::vector<Eigen::Index>& places) const;

  Eigen::Index size() const { return alpha_.size(); }
  const Hyperparameters& theta() const { return covariance_->theta(); }
  const Covariance& covariance() const { return *covariance_; }

  /// Mean and variance at the rows of P (m x d). O(n m (D + n)), matrix products only.
  Prediction predict(const Eigen::MatrixXd& P) const;
  /// Means only: O(n m D).
  Eigen::VectorXd predict_mean(const Eigen::MatrixXd& P) const;
  /// The same for all together. O(n m (D + n) + m^2 (D + n)).
  JointPrediction predict_jointly(const Eigen::MatrixXd& P) const;
  /// At the rows of P, and with those of `others` (q x d). O(n (m + q) (D + n) + m q (D + n)).
  CrossPrediction predict_with(const Eigen::MatrixXd& P, const Eigen::MatrixXd& others) const;
  /// Mean and variance with gradients; about twice the cost.
  PredictionWithGradients predict_with_gradients(const Eigen::MatrixXd& P) const;
  /// K^-1 (y - mean).
  const Eigen::VectorXd& weights() const { return alpha_; }
  /// Means at the points it was conditioned on.
  Eigen::VectorXd mean_at_observations() const;
  /// How far each observation was from what the ones before it let expect, in standard deviations.
  const Eigen::VectorXd& surprises() const { return surprises_; }

  /// With further observations and the same hyperparameters. O(n^2) for each, and a copy of the factor.
  Posterior with_observations(const Observations& more) const;
  /// With pending points believed to turn out as predicted, by measurements with this noise (a variance).
  Posterior with_believed(const Eigen::MatrixXd& pending, double noise) const;

 private:
  std::shared_ptr<const Covariance> covariance_;
  Eigen::VectorXd y_;
  Eigen::VectorXd alpha_;  // K^-1 (y - mean)
  Eigen::VectorXd surprises_;
};

}  // namespace stune::model
