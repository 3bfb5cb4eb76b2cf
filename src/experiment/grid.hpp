/// \file Countably many values of a parameter as coordinates in the unit interval, computed and never listed.
#pragma once

#include <cstdint>

namespace stune {

/// Value k, 0 <= k < count, is proportional to 1 + growth k; its coordinate is even in the value (growth 0), or in the
/// value's logarithm. The first coordinate is 0, the last 1; a single one is 0.5.
struct Grid {
  std::int64_t count = 0;
  double growth = 0.0;

  double coordinate(std::int64_t k) const;
  /// The value whose coordinate is nearest to u; NaN counts as 0.
  std::int64_t nearest(double u) const;
  /// Where u in [0, 1) falls: a value owns what lies nearer to it than to any other, the first and the last as much
  /// outside as inside. Evenly spaced ones have equal shares.
  std::int64_t owner(double u) const;
};

}  // namespace stune
