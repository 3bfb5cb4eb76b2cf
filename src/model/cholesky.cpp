#include "model/cholesky.hpp"

#include "model/dense.hpp"

namespace stune::model {

std::optional<Factor> factorize(const Eigen::MatrixXd& K) {
  if (!K.diagonal().allFinite()) return std::nullopt;
  const double scale = K.rows() > 0 ? K.diagonal().mean() : 1.0;
  for (double relative = 0.0; relative < 2e-4; relative = relative == 0.0 ? 1e-10 : relative * 10.0) {
    Factor factor{K, relative * scale};
    factor.L.diagonal().array() += factor.jitter;
    // A NaN below the diagonal goes through unnoticed, but always reaches the last pivot.
    if (!dense().cholesky(factor.L.data(), factor.L.rows()) || !factor.L.diagonal().allFinite()) continue;
    factor.L.triangularView<Eigen::StrictlyUpper>().setZero();
    return factor;
  }
  return std::nullopt;
}

Eigen::MatrixXd inverse_of_lower(const Eigen::MatrixXd& L) {
  Eigen::MatrixXd inverse = L.triangularView<Eigen::Lower>();
  dense().invert_lower(inverse.data(), inverse.rows());
  return inverse;
}

Eigen::MatrixXd transposed_times_itself(const Eigen::MatrixXd& A) {
  Eigen::MatrixXd product = A;
  dense().square_lower(product.data(), product.rows());
  return product;
}

}  // namespace stune::model
