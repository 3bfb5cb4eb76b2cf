/// \file Matern covariance with nu = 5/2 and one lengthscale per dimension (ARD), on features (feature_map.hpp):
///     k(r2) = (1 + a + a^2/3) exp(-a),   a = sqrt(5 r2),   r2 = sum_j ((z_j - z'_j) / l_j)^2
/// Reference: Rasmussen & Williams (2006), eq. 4.17. The output scale multiplies k and is applied by the caller.
#pragma once

#include <Eigen/Core>

namespace stune::model {

/// What a Gaussian process is conditioned with; in units of the (standardized) outcome.
struct Hyperparameters {
  Eigen::VectorXd lengthscales;  ///< one per dimension of the encoded space
  double output_scale = 1.0;     ///< variance of the process
  double noise = 1e-4;           ///< variance of an observation whose variance is not known
  double mean = 0.0;             ///< constant mean
};

/// The kernel and its derivative with respect to r2.
struct KernelValues {
  Eigen::MatrixXd k;   ///< k(r2)
  Eigen::MatrixXd dk;  ///< dk/dr2 = -(5/6) (1 + a) exp(-a)
};

/// scale times k between the rows of A (n x D) and of B (m x D): n x m. O(n m D), one GEMM.
Eigen::MatrixXd matern52(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, double scale);

/// scale times k, and scale times dk, between the rows of A and of B.
KernelValues matern52_with_derivative(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, double scale);

/// k and dk among the rows of Z (n x D), lower triangle only, k = 1 on the diagonal. The upper triangle is unspecified.
/// Writes into `out` so that a fit allocates once.
void symmetric_matern52(const Eigen::MatrixXd& Z, KernelValues& out);

}  // namespace stune::model
