/// \file What a fit minimizes: minus log of (marginal likelihood times priors), as a function of p, with analytic
/// gradient.
///     p = (ln l_1 .. ln l_d, ln output scale, ln noise);   the constant mean is at its best value for each p (within
///     bounds) K = s k(X, X) + diag(v),  v_i the known variance of observation i, or the noise where it is unknown
/// The lengthscale derivatives need one n x n x D product and no n x n x d tensor. References: Rasmussen & Williams
/// (2006), eq. 5.9; the dimension-scaled lengthscale prior: Hvarfner et al. (2024), arXiv 2402.02229.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "model/cholesky.hpp"
#include "model/feature_map.hpp"
#include "model/kernel.hpp"

namespace stune::model {

/// x ~ LogNormal: ln x is normal with this mean and standard deviation.
struct LogNormal {
  double mean;
  double sd;
};

struct Priors {
  std::vector<LogNormal> lengthscales;  ///< one for each dimension
  LogNormal output_scale;
  LogNormal noise;

  /// Lengthscales of numeric dimensions grow with the square root of the number of all.
  static Priors of(const FeatureMap& map);
};

/// The box a fit stays in; the constant mean is within [-mean, mean].
struct HyperparameterBounds {
  double lengthscale_low = 0.025, lengthscale_high = 100.0;
  double output_scale_low = 1e-3, output_scale_high = 1e3;
  double noise_low = 1e-8, noise_high = 10.0;
  double mean = 3.0;
};

/// Observations as a model sees them. y is standardized; known_variance(i) is NaN where unknown, or empty when all are
/// unknown.
struct Observations {
  Eigen::MatrixXd X;               ///< n x d, encoded points
  Eigen::VectorXd y;               ///< n, finite
  Eigen::VectorXd known_variance;  ///< n or 0
};

/// Diagonal that is added to s k(X, X), for n observations.
Eigen::VectorXd noise_diagonal(const Eigen::VectorXd& known_variance, Eigen::Index n, double noise);

/// Default start of a fit: the modes of the priors, of the noise the median; moved into the bounds.
Hyperparameters default_hyperparameters(const Priors& priors, const HyperparameterBounds& bounds);

Eigen::VectorXd to_logs(const Hyperparameters& theta);

/// References must outlive it. Keeps the factors of the last value() for gradient().
class NegativeLogPosterior {
 public:
  NegativeLogPosterior(const FeatureMap& map, const Observations& data, const Priors& priors,
                       const HyperparameterBounds& bounds);

  Eigen::Index size() const { return map_.dimensions() + 2; }
  /// Infinite where K cannot be factorized. n^3/3 flops.
  double value(const Eigen::VectorXd& p);
  /// At the point of the last value(), which was finite. 2/3 n^3 flops.
  Eigen::VectorXd gradient();
  /// Hyperparameters of the last value(), with the best mean.
  const Hyperparameters& theta() const { return theta_; }
  double jitter() const { return factor_ ? factor_->jitter : 0.0; }

 private:
  double log_prior_penalty(const Eigen::VectorXd& p) const;
  void add_prior_gradient(Eigen::VectorXd& g) const;

  const FeatureMap& map_;
  const Observations& data_;
  Priors priors_;
  HyperparameterBounds bounds_;
  Eigen::MatrixXd raw_;  // features without lengthscales
  Eigen::MatrixXd Z_;    // features over lengthscales
  Eigen::VectorXd p_;
  Hyperparameters theta_;
  KernelValues kernel_;
  std::optional<Factor> factor_;
  Eigen::VectorXd alpha_;
};

}  // namespace stune::model
