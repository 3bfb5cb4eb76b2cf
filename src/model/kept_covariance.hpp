/// \file A covariance kept from one question to the next. Only a cache: what it gives is, to the last digit, what would
/// be computed afresh, since both factorize the base at once and append the rest one by one.
#pragma once

#include <memory>

#include "model/covariance.hpp"

namespace stune::model {

class KeptCovariance {
 public:
  /// The covariance of X with `noise` on the diagonal, of which the first `base` points are factorized at once. Null
  /// when it cannot be factorized. O(n^2) for each point that is new since the last call with the same base; n^3/3
  /// flops otherwise.
  std::shared_ptr<const Covariance> get(const FeatureMap& map, const Hyperparameters& theta, const Eigen::MatrixXd& X,
                                        const Eigen::VectorXd& noise, Eigen::Index base);

 private:
  std::shared_ptr<Covariance> kept_;
};

}  // namespace stune::model
