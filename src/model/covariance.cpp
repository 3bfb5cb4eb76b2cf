#include "model/covariance.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/dense.hpp"

namespace stune::model {

namespace {

constexpr Eigen::Index largest_inverse = 400;  // above, one solve per batch is cheaper than making the inverse
constexpr double least_pivot = 1e-10;          // of the process variance

void grow(Eigen::MatrixXd& A, Eigen::Index used, Eigen::Index room) {
  Eigen::MatrixXd larger(room, room);
  larger.topLeftCorner(used, used) = A.topLeftCorner(used, used);
  A.swap(larger);
}

}  // namespace

std::optional<Covariance> Covariance::make(const FeatureMap& map, const Hyperparameters& theta,
                                           const Eigen::MatrixXd& X, const Eigen::VectorXd& noise) {
  assert(X.rows() == noise.size());
  Covariance covariance(map, theta);
  covariance.X_ = X;
  covariance.Z_ = map.scaled(X, theta.lengthscales);
  covariance.noise_ = noise;
  covariance.base_ = X.rows();
  KernelValues kernel;
  symmetric_matern52(covariance.Z_, kernel);
  kernel.k *= theta.output_scale;
  kernel.k.diagonal() += noise;
  auto factor = factorize(kernel.k);
  if (!factor) return std::nullopt;
  covariance.jitter_ = factor->jitter;
  covariance.diagonal_ = (noise.array() + factor->jitter).matrix();
  if (X.rows() <= largest_inverse) covariance.inverse_ = inverse_of_lower(factor->L);
  covariance.L_.swap(factor->L);
  return covariance;
}

void Covariance::reserve(Eigen::Index n) {
  const Eigen::Index room = std::max<Eigen::Index>(n + n / 4, 16);
  if (L_.rows() < n) grow(L_, size(), room);
  if (n <= largest_inverse && inverse_.rows() < n) grow(inverse_, size(), std::min(room, largest_inverse));
}

void Covariance::append(const Eigen::VectorXd& x, double noise) {
  const Eigen::Index n = size();
  reserve(n + 1);
  const Eigen::MatrixXd z = map_.scaled(x.transpose(), theta_.lengthscales);
  const Eigen::VectorXd row = n == 0 ? Eigen::VectorXd() : solve(matern52(Z_, z, theta_.output_scale), false).col(0);
  const double rest = theta_.output_scale - row.squaredNorm();
  // What the pivot lacks is made up for by jitter, so that appending never fails.
  const double help = std::max(0.0, least_pivot * theta_.output_scale - (rest + noise + jitter_));
  const double pivot = std::sqrt(rest + noise + jitter_ + help);
  if (n + 1 <= largest_inverse) {
    inverse_.row(n).head(n) = solve(row, true).col(0).transpose() / -pivot;
    inverse_(n, n) = 1.0 / pivot;
  }
  L_.row(n).head(n) = row.transpose();
  L_(n, n) = pivot;
  X_.conservativeResize(n + 1, x.size());
  X_.row(n) = x.transpose();
  Z_.conservativeResize(n + 1, z.cols());
  Z_.row(n) = z;
  noise_.conservativeResize(n + 1);
  noise_(n) = noise;
  diagonal_.conservativeResize(n + 1);
  diagonal_(n) = noise + jitter_ + help;
}

void Covariance::truncate(Eigen::Index n) {
  assert(base_ <= n && n <= size());
  // Beyond the largest inverse no rows were added to it; they would be missing.
  X_.conservativeResize(n, X_.cols());
  Z_.conservativeResize(n, Z_.cols());
  noise_.conservativeResize(n);
  diagonal_.conservativeResize(n);
}

bool Covariance::become(const Eigen::MatrixXd& X, const Eigen::VectorXd& noise) {
  if (X.rows() < base_ || X.cols() != X_.cols()) return false;
  Eigen::Index common = 0;
  while (common < std::min(size(), X.rows()) && noise(common) == noise_(common) && X.row(common) == X_.row(common)) {
    ++common;
  }
  if (common < base_) return false;
  truncate(common);
  for (Eigen::Index i = common; i < X.rows(); ++i) append(X.row(i).transpose(), noise(i));
  return true;
}

Eigen::MatrixXd Covariance::solve(const Eigen::MatrixXd& B, bool transposed) const {
  const Eigen::Index n = size();
  assert(B.rows() == n);
  if (n == 0) return B;
  if (n <= largest_inverse) {
    Eigen::MatrixXd result(n, B.cols());
    dense().lower_times(inverse_.data(), inverse_.rows(), n, B.data(), B.cols(), transposed, result.data());
    return result;
  }
  Eigen::MatrixXd result = B;
  dense().lower_solve(L_.data(), L_.rows(), n, result.data(), result.cols(), transposed);
  return result;
}

}  // namespace stune::model
