/// \file Cholesky factors and what is made of them. Lower triangles only: upper triangles are neither read nor written.
#pragma once

#include <Eigen/Core>
#include <optional>

namespace stune::model {

struct Factor {
  Eigen::MatrixXd L;    ///< lower triangular (zeros above), L L^T = K + jitter I
  double jitter = 0.0;  ///< what had to be added to the diagonal; 0 when nothing
};

/// Factorizes K (lower triangle). When K is not numerically positive definite, adds 1e-10, 1e-9, ... 1e-4 times its
/// mean diagonal; empty when even that fails or K is not finite. n^3/3 flops.
std::optional<Factor> factorize(const Eigen::MatrixXd& K);

/// Inverse of a lower triangular matrix, lower triangular with zeros above. n^3/3 flops.
Eigen::MatrixXd inverse_of_lower(const Eigen::MatrixXd& L);

/// Lower triangle of A^T A for a lower triangular A: with A = L^-1 this is the inverse of L L^T. n^3/3 flops.
Eigen::MatrixXd transposed_times_itself(const Eigen::MatrixXd& A);

}  // namespace stune::model
