#include "model/kernel.hpp"

#include <cassert>
#include <cmath>

namespace stune::model {

namespace {
const double root_of_five = std::sqrt(5.0);
}

Eigen::MatrixXd squared_distances(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B) {
  assert(A.cols() == B.cols());
  Eigen::MatrixXd r2(A.rows(), B.rows());
  r2.noalias() = -2.0 * A * B.transpose();
  r2.colwise() += A.rowwise().squaredNorm();
  r2.rowwise() += B.rowwise().squaredNorm().transpose();
  // The cancellation in |a|^2 + |b|^2 - 2ab may leave a tiny negative number for equal rows.
  return r2.cwiseMax(0.0);
}

Eigen::MatrixXd matern52(const Eigen::MatrixXd& r2) {
  const Eigen::ArrayXXd a = root_of_five * r2.array().sqrt();
  return ((1.0 + a + a.square() * (1.0 / 3.0)) * (-a).exp()).matrix();
}

KernelValues matern52_with_derivative(const Eigen::MatrixXd& r2) {
  KernelValues out;
  const Eigen::ArrayXXd a = root_of_five * r2.array().sqrt();
  const Eigen::ArrayXXd decay = (-a).exp();
  out.k = ((1.0 + a + a.square() * (1.0 / 3.0)) * decay).matrix();
  out.dk = ((-5.0 / 6.0) * (1.0 + a) * decay).matrix();
  return out;
}

void symmetric_matern52(const Eigen::MatrixXd& Z, KernelValues& out) {
  const Eigen::Index n = Z.rows();
  out.k.resize(n, n);
  out.dk.resize(n, n);
  if (n == 0) return;  // Eigen's triangular products form references into empty matrices
  const Eigen::VectorXd norms = Z.rowwise().squaredNorm();
  out.k.triangularView<Eigen::Lower>().setZero();
  out.k.selfadjointView<Eigen::Lower>().rankUpdate(Z, -2.0);
  Eigen::ArrayXd a(n);
  Eigen::ArrayXd decay(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Eigen::Index below = n - j - 1;
    out.k(j, j) = 1.0;
    out.dk(j, j) = -5.0 / 6.0;
    auto column = out.k.col(j).tail(below).array();
    a.head(below) = root_of_five * (column + norms.tail(below).array() + norms(j)).max(0.0).sqrt();
    decay.head(below) = (-a.head(below)).exp();
    out.dk.col(j).tail(below).array() = (-5.0 / 6.0) * (1.0 + a.head(below)) * decay.head(below);
    column = (1.0 + a.head(below) + a.head(below).square() * (1.0 / 3.0)) * decay.head(below);
  }
}

}  // namespace stune::model
