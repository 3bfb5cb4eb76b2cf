#include "model/kernel.hpp"

#include <cassert>

#include "model/dense.hpp"

namespace stune::model {

Eigen::MatrixXd matern52(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, double scale) {
  assert(A.cols() == B.cols());
  Eigen::MatrixXd k(A.rows(), B.rows());
  dense().matern(A.data(), A.rows(), B.data(), B.rows(), A.cols(), scale, k.data(), nullptr);
  return k;
}

KernelValues matern52_with_derivative(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, double scale) {
  assert(A.cols() == B.cols());
  KernelValues out{Eigen::MatrixXd(A.rows(), B.rows()), Eigen::MatrixXd(A.rows(), B.rows())};
  dense().matern(A.data(), A.rows(), B.data(), B.rows(), A.cols(), scale, out.k.data(), out.dk.data());
  return out;
}

void symmetric_matern52(const Eigen::MatrixXd& Z, KernelValues& out) {
  const Eigen::Index n = Z.rows();
  out.k.resize(n, n);
  out.dk.resize(n, n);
  if (n == 0) return;  // Eigen's triangular products form references into empty matrices
  dense().matern_symmetric(Z.data(), n, Z.cols(), out.k.data(), out.dk.data());
}

}  // namespace stune::model
