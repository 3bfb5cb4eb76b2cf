/// \file Definition of the functions of dense.hpp, included once for every instruction set by a translation unit that
/// has renamed Eigen: inline functions of both must never be merged, since one would then run on the other's CPU. For
/// the same reason nothing here uses containers of the standard library.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>

#include "model/dense.hpp"

namespace stune::model::STUNE_ISA_NAME {

using Index = Eigen::Index;
using Matrix = Eigen::MatrixXd;
using Stride = Eigen::OuterStride<>;
using Block = Eigen::Ref<Matrix, 0, Stride>;
using Read = Eigen::Map<const Matrix, 0, Stride>;
using Write = Eigen::Map<Matrix, 0, Stride>;

constexpr Index leaf = 24;    // below this recursion costs more than it saves
constexpr Index strip = 256;  // elements that pass through a kernel function in the nearest cache

inline bool cholesky(double* A, Index n) {
  Write matrix(A, n, n, Stride(n));
  const Eigen::LLT<Eigen::Ref<Matrix>> llt(matrix);
  return llt.info() == Eigen::Success;
}

// In place, column by column from the left: what a column needs of L lies to its right and is still untouched.
inline void invert_leaf(Block L) {
  const Index n = L.rows();
  for (Index j = 0; j < n; ++j) {
    L(j, j) = 1.0 / L(j, j);
    auto x = L.col(j);
    x.tail(n - j - 1) *= -L(j, j);
    for (Index k = j + 1; k < n; ++k) {
      x(k) /= L(k, k);
      x.tail(n - k - 1) -= x(k) * L.col(k).tail(n - k - 1);
    }
  }
}

// [A 0; B C]^-1 = [A^-1 0; -C^-1 B A^-1  C^-1], in place.
inline void invert(Block L) {
  const Index n = L.rows();
  if (n <= leaf) return invert_leaf(L);
  const Index h = n / 2;
  invert(L.topLeftCorner(h, h));
  invert(L.bottomRightCorner(n - h, n - h));
  auto B = L.bottomLeftCorner(n - h, h);
  B = L.bottomRightCorner(n - h, n - h).triangularView<Eigen::Lower>() * B;
  B = -(B * L.topLeftCorner(h, h).triangularView<Eigen::Lower>());
}

// [A 0; B C]^T [A 0; B C] = [A^T A + B^T B, *; C^T B, C^T C], in place, lower triangle.
inline void square(Block L) {
  const Index n = L.rows();
  if (n <= leaf) {
    const Matrix whole = L.triangularView<Eigen::Lower>();
    L.triangularView<Eigen::Lower>() = whole.transpose() * whole;
    return;
  }
  const Index h = n / 2;
  auto A = L.topLeftCorner(h, h);
  auto B = L.bottomLeftCorner(n - h, h);
  auto C = L.bottomRightCorner(n - h, n - h);
  square(A);
  A.selfadjointView<Eigen::Lower>().rankUpdate(B.transpose());
  B = C.transpose().triangularView<Eigen::Upper>() * B;
  square(C);
}

inline void invert_lower(double* L, Index n) { invert(Write(L, n, n, Stride(n))); }
inline void square_lower(double* L, Index n) { square(Write(L, n, n, Stride(n))); }

inline void lower_times(const double* L, Index ld, Index n, const double* B, Index m, bool transposed, double* out) {
  const Read A(L, n, n, Stride(ld));
  const Read right(B, n, m, Stride(n));
  Write result(out, n, m, Stride(n));
  if (transposed) {
    result.noalias() = A.transpose().triangularView<Eigen::Upper>() * right;
  } else {
    result.noalias() = A.triangularView<Eigen::Lower>() * right;
  }
}

inline void lower_solve(const double* L, Index ld, Index n, double* B, Index m, bool transposed) {
  const Read A(L, n, n, Stride(ld));
  // A vector is solved as a vector, many columns as a matrix: Eigen decides that by type.
  if (m == 1) {
    Eigen::Map<Eigen::VectorXd> b(B, n);
    if (transposed) {
      A.transpose().triangularView<Eigen::Upper>().solveInPlace(b);
    } else {
      A.triangularView<Eigen::Lower>().solveInPlace(b);
    }
    return;
  }
  Write b(B, n, m, Stride(n));
  if (transposed) {
    A.transpose().triangularView<Eigen::Upper>().solveInPlace(b);
  } else {
    A.triangularView<Eigen::Lower>().solveInPlace(b);
  }
}

inline void add_transposed_product(double factor, const double* A, Index m, const double* B, Index n, Index k,
                                   double* C, Index ldc) {
  Write result(C, m, n, Stride(ldc));
  result.noalias() += factor * (Read(A, k, m, Stride(k)).transpose() * Read(B, k, n, Stride(k)));
}

inline void symmetric_times(const double* S, Index n, const double* B, Index m, double* out) {
  Write result(out, n, m, Stride(n));
  result.setZero();
  result.noalias() += Read(S, n, n, Stride(n)).selfadjointView<Eigen::Lower>() * Read(B, n, m, Stride(n));
}

// Squared distances in k become kernel values, and derivatives in dk.
inline void matern_in_place(double* k, double* dk, Index count, double scale) {
  using Strip = Eigen::Array<double, strip, 1>;
  const double root_of_five = std::sqrt(5.0);
  Strip a, decay;
  for (Index first = 0; first < count; first += strip) {
    const Index size = count - first < strip ? count - first : strip;
    Eigen::Map<Eigen::ArrayXd> out(k + first, size);
    a.head(size) = root_of_five * out.max(0.0).sqrt();
    decay.head(size) = scale * (-a.head(size)).exp();
    if (dk != nullptr) {
      Eigen::Map<Eigen::ArrayXd>(dk + first, size) = (-5.0 / 6.0) * (1.0 + a.head(size)) * decay.head(size);
    }
    out = (1.0 + a.head(size) + a.head(size).square() * (1.0 / 3.0)) * decay.head(size);
  }
}

inline void matern(const double* A, Index n, const double* B, Index m, Index D, double scale, double* k, double* dk) {
  const Read left(A, n, D, Stride(n));
  const Read right(B, m, D, Stride(m));
  Write r2(k, n, m, Stride(n));
  r2.noalias() = -2.0 * left * right.transpose();
  r2.colwise() += left.rowwise().squaredNorm();
  r2.rowwise() += right.rowwise().squaredNorm().transpose();
  matern_in_place(k, dk, n * m, scale);
}

inline void matern_symmetric(const double* Z, Index n, Index D, double* k, double* dk) {
  const Read points(Z, n, D, Stride(n));
  Write r2(k, n, n, Stride(n));
  const Eigen::VectorXd norms = points.rowwise().squaredNorm();
  r2.triangularView<Eigen::Lower>().setZero();
  r2.selfadjointView<Eigen::Lower>().rankUpdate(points, -2.0);
  for (Index j = 0; j < n; ++j) {
    const Index below = n - j - 1;
    double* const column = k + j * n + j;
    column[0] = 1.0;
    dk[j * n + j] = -5.0 / 6.0;
    r2.col(j).tail(below).array() += norms.tail(below).array() + norms(j);
    matern_in_place(column + 1, dk + j * n + j + 1, below, 1.0);
  }
}

inline constexpr DenseFunctions functions{STUNE_ISA_TEXT, cholesky,        invert_lower,           square_lower,
                                          lower_times,    lower_solve,     add_transposed_product, symmetric_times,
                                          matern,         matern_symmetric};

}  // namespace stune::model::STUNE_ISA_NAME
