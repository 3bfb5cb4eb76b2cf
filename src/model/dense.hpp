/// \file The dense linear algebra that proposals spend their time in, compiled for several instruction sets and chosen
/// when the program starts. So one program is fast on every node of a mixed cluster; candidates are the same on CPUs of
/// one type.
///
/// All matrices are column-major; `ld` is the distance between columns, where none is given it is the number of rows.
/// Lower triangular matrices: what lies above the diagonal is neither read nor written. Pure functions; thread-safe.
#pragma once

#include <cstddef>

namespace stune::model {

struct DenseFunctions {
  using Index = std::ptrdiff_t;

  const char* name;  ///< of the instruction set

  /// A = L L^T in place, lower triangle; false when a pivot is not positive. n^3/3 flops.
  bool (*cholesky)(double* A, Index n);
  /// L^-1 in place. n^3/3 flops.
  void (*invert_lower)(double* L, Index n);
  /// Lower triangle of L^T L in place. n^3/3 flops.
  void (*square_lower)(double* L, Index n);
  /// out = L B (or L^T B) for B of n x m. n^2 m flops.
  void (*lower_times)(const double* L, Index ld, Index n, const double* B, Index m, bool transposed, double* out);
  /// B becomes L^-1 B (or L^-T B). n^2 m flops.
  void (*lower_solve)(const double* L, Index ld, Index n, double* B, Index m, bool transposed);
  /// C += factor A^T B for A of k x m and B of k x n; C is m x n with distance ldc. 2 k m n flops.
  void (*add_transposed_product)(double factor, const double* A, Index m, const double* B, Index n, Index k, double* C,
                                 Index ldc);
  /// out = S B for symmetric S given by its lower triangle, B of n x m. 2 n^2 m flops.
  void (*symmetric_times)(const double* S, Index n, const double* B, Index m, double* out);
  /// Matern-5/2 between the rows of A (n x D) and B (m x D) times scale, into k (n x m); the derivative with respect to
  /// the squared distance into dk unless that is null.
  void (*matern)(const double* A, Index n, const double* B, Index m, Index D, double scale, double* k, double* dk);
  /// The same among the rows of Z (n x D), lower triangles, unscaled.
  void (*matern_symmetric)(const double* Z, Index n, Index D, double* k, double* dk);
};

/// For this CPU; with STUNE_ISA=baseline in the environment, what any CPU of the architecture can do.
const DenseFunctions& dense();

}  // namespace stune::model
