/// \file Quantiles of a sample.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace stune::benchmarks {

/// The number at share q of the sorted numbers (0.5: the median), interpolated; NaN when there are none.
inline double quantile(std::vector<double> numbers, double q) {
  if (numbers.empty()) return std::nan("");
  std::ranges::sort(numbers);
  const double place = q * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, numbers.size() - 1);
  return numbers[below] + (place - static_cast<double>(below)) * (numbers[above] - numbers[below]);
}

}  // namespace stune::benchmarks
