#include "model/cholesky.hpp"

#include <Eigen/Cholesky>

namespace stune::model {

namespace {

constexpr Eigen::Index leaf = 24;  // below this recursion costs more than it saves

using Block = Eigen::Ref<Eigen::MatrixXd, 0, Eigen::OuterStride<>>;

// In place, column by column from the left: what a column needs of L lies to its right and is still untouched.
void invert_leaf(Block L) {
  const Eigen::Index n = L.rows();
  for (Eigen::Index j = 0; j < n; ++j) {
    L(j, j) = 1.0 / L(j, j);
    auto x = L.col(j);
    x.tail(n - j - 1) *= -L(j, j);
    for (Eigen::Index k = j + 1; k < n; ++k) {
      x(k) /= L(k, k);
      x.tail(n - k - 1) -= x(k) * L.col(k).tail(n - k - 1);
    }
  }
}

// [A 0; B C]^-1 = [A^-1 0; -C^-1 B A^-1  C^-1], in place.
void invert(Block L) {
  const Eigen::Index n = L.rows();
  if (n <= leaf) return invert_leaf(L);
  const Eigen::Index h = n / 2;
  invert(L.topLeftCorner(h, h));
  invert(L.bottomRightCorner(n - h, n - h));
  auto B = L.bottomLeftCorner(n - h, h);
  B = L.bottomRightCorner(n - h, n - h).triangularView<Eigen::Lower>() * B;
  B = -(B * L.topLeftCorner(h, h).triangularView<Eigen::Lower>());
}

// [A 0; B C]^T [A 0; B C] = [A^T A + B^T B, *; C^T B, C^T C], in place, lower triangle.
void square(Block L) {
  const Eigen::Index n = L.rows();
  if (n <= leaf) {
    const Eigen::MatrixXd whole = L.triangularView<Eigen::Lower>();
    L.triangularView<Eigen::Lower>() = whole.transpose() * whole;
    return;
  }
  const Eigen::Index h = n / 2;
  auto A = L.topLeftCorner(h, h);
  auto B = L.bottomLeftCorner(n - h, h);
  auto C = L.bottomRightCorner(n - h, n - h);
  square(A);
  A.selfadjointView<Eigen::Lower>().rankUpdate(B.transpose());
  B = C.transpose().triangularView<Eigen::Upper>() * B;
  square(C);
}

}  // namespace

std::optional<Factor> factorize(const Eigen::MatrixXd& K) {
  if (!K.diagonal().allFinite()) return std::nullopt;
  const double scale = K.rows() > 0 ? K.diagonal().mean() : 1.0;
  for (double relative = 0.0; relative < 2e-4; relative = relative == 0.0 ? 1e-10 : relative * 10.0) {
    Factor factor{K, relative * scale};
    factor.L.diagonal().array() += factor.jitter;
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> llt(factor.L);
    // A NaN below the diagonal goes through LLT unnoticed, but always reaches the last pivot.
    if (llt.info() != Eigen::Success || !factor.L.diagonal().allFinite()) continue;
    factor.L.triangularView<Eigen::StrictlyUpper>().setZero();
    return factor;
  }
  return std::nullopt;
}

Eigen::MatrixXd inverse_of_lower(const Eigen::MatrixXd& L) {
  Eigen::MatrixXd inverse = L.triangularView<Eigen::Lower>();
  invert(inverse);
  return inverse;
}

Eigen::MatrixXd transposed_times_itself(const Eigen::MatrixXd& A) {
  Eigen::MatrixXd product = A;
  square(product);
  return product;
}

}  // namespace stune::model
