/// \file The factorized covariance of a growing list of points, for given hyperparameters. Outcomes play no part, so
/// one factor serves many of them: points still without outcome are appended like any other.
#pragma once

#include <Eigen/Core>
#include <optional>

#include "model/cholesky.hpp"
#include "model/feature_map.hpp"
#include "model/kernel.hpp"

namespace stune::model {

/// Value type. The first base() points are factorized at once, later ones appended one at a time: the digits of a row
/// depend on the rows before it only, so that it does not matter when it was appended.
class Covariance {
 public:
  /// n >= 0 points (rows of X) with the noise of each on the diagonal. Empty when it cannot be factorized. n^3/3 flops.
  static std::optional<Covariance> make(const FeatureMap& map, const Hyperparameters& theta, const Eigen::MatrixXd& X,
                                        const Eigen::VectorXd& noise);

  /// One more point. O(n^2). A pivot that is not positive is helped like a jitter would.
  void append(const Eigen::VectorXd& x, double noise);
  /// Forgets all but the first n points, base() <= n <= size().
  void truncate(Eigen::Index n);
  /// Makes this the covariance of X and noise by forgetting and appending; false (and nothing is done) where the points
  /// differ already in the base.
  bool become(const Eigen::MatrixXd& X, const Eigen::VectorXd& noise);

  Eigen::Index size() const { return Z_.rows(); }
  Eigen::Index base() const { return base_; }
  const Hyperparameters& theta() const { return theta_; }
  const FeatureMap& map() const { return map_; }
  double jitter() const { return jitter_; }
  const Eigen::MatrixXd& points() const { return X_; }
  const Eigen::MatrixXd& features() const { return Z_; }         ///< over lengthscales, n x D
  const Eigen::VectorXd& diagonal() const { return diagonal_; }  ///< noise with jitter

  /// L^-1 (or L^-T) B for B of n x m. O(n^2 m).
  Eigen::MatrixXd solve(const Eigen::MatrixXd& B, bool transposed) const;

 private:
  Covariance(const FeatureMap& map, const Hyperparameters& theta) : map_(map), theta_(theta) {}
  void reserve(Eigen::Index n);

  FeatureMap map_;
  Hyperparameters theta_;
  Eigen::Index base_ = 0;
  double jitter_ = 0.0;
  Eigen::MatrixXd X_, Z_;
  Eigen::VectorXd noise_, diagonal_;
  Eigen::MatrixXd L_;        // the leading n x n count; the rest is room to grow
  Eigen::MatrixXd inverse_;  // of L, likewise, while n is small enough for it to pay
};

}  // namespace stune::model
