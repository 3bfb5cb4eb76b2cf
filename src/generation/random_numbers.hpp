/// \file Random numbers for proposals: the same on every platform and standard library for the same stream.
#pragma once

#include <cstdint>

namespace stune::generation {

/// SplitMix64: a counter passed through a mixer. Cheap to make; every 64-bit seed is a good one.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits();
  /// In [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  /// In 0 .. n-1; n > 0.
  std::int64_t below(std::int64_t n);
  /// Standard normal.
  double normal();

 private:
  std::uint64_t state_;
};

}  // namespace stune::generation
