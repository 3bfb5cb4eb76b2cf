/// \file Scrambled Sobol points: evenly spread in the unit cube, different for every seed, any point by its index.
/// Scrambling: a random lower triangular matrix over the bits and a random digital shift, per dimension (Matousek
/// 1998); so every 2^m consecutive points from a multiple of 2^m on remain as even as without it. Direction numbers:
/// Joe & Kuo (2008), from boost, which has 3667 dimensions; further dimensions hold independent random numbers.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

namespace stune::generation {

/// Immutable. Making one costs about 2 us per dimension, a point a few ns per dimension.
class ScrambledSobol {
 public:
  ScrambledSobol(Eigen::Index dimensions, std::uint64_t seed);

  /// Points first, first + 1, ... as rows: count x dimensions, coordinates in (0, 1). Point k depends on nothing but
  /// (dimensions, seed, k), k < 2^32.
  Eigen::MatrixXd points(std::uint64_t first, Eigen::Index count) const;

 private:
  static constexpr int index_bits = 32;
  using Directions = std::array<std::uint64_t, index_bits>;

  Eigen::Index dimensions_;
  std::uint64_t seed_;
  std::vector<Directions> directions_;  // scrambled; one entry per dimension that boost knows
  std::vector<std::uint64_t> shifts_;
};

}  // namespace stune::generation
