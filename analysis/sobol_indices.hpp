/// \file Variance-based sensitivity of any function of the unit cube: which part of its variance is due to each input.
///
/// Quasi-random points A and B of N rows each; A with column i of B is A_i. References: Saltelli et al. (2010), Comput.
/// Phys. Comm. 181 (first order); Jansen (1999) (total); Saltelli (2002) (second order). Intervals: percentile
/// bootstrap over the N rows; they tell what more samples could change, not whether the function is the right one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace stune::analysis {

/// Values at the given points of the unit cube, which lie one after the other.
using CubeFunction = std::function<std::vector<double>(std::span<const double> points)>;

struct Index {
  double value = 0.0;
  double low = 0.0, high = 0.0;  ///< 95 % interval
};

struct SobolIndices {
  double variance = 0.0;     ///< of the function; all indices are 0 where it is 0
  std::vector<Index> first;  ///< one for each input: the part of the variance that goes if only this input is known
  std::vector<Index> total;  ///< one for each input: what stays if all others are known
  /// Of inputs i < j, row by row: (0,1), (0,2), ..., (1,2), ...; the part due to them together, beyond each alone.
  /// Empty where not asked for.
  std::vector<Index> second;
  /// One for each input: correlation of the function with the input, in [-1, 1].
  std::vector<double> trend;
};

struct SobolOptions {
  int samples = 4096;  ///< N
  bool second_order = true;
  int resamples = 200;  ///< of the bootstrap
  std::uint64_t seed = 1;
};

/// Evaluates `f` at N (d + 2) points, with second order at N (2 d + 2). Equal arguments give equal results.
SobolIndices sobol_indices(const CubeFunction& f, std::size_t inputs, const SobolOptions& options);

/// Mean of `f` over the unit cube, from `samples` quasi-random points.
double mean_over_cube(const CubeFunction& f, std::size_t inputs, int samples);

}  // namespace stune::analysis
