#include "experiment/grid.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace stune {

double Grid::coordinate(std::int64_t k) const {
  assert(k >= 0 && k < count);
  if (count == 1) return 0.5;
  const auto last = static_cast<double>(count - 1), place = static_cast<double>(k);
  return growth == 0.0 ? place / last : std::log1p(growth * place) / std::log1p(growth * last);
}

std::int64_t Grid::nearest(double u) const {
  assert(count > 0);
  const auto last = static_cast<double>(count - 1);
  if (!(u > 0.0)) return 0;
  if (u >= 1.0) return count - 1;
  if (growth == 0.0) return static_cast<std::int64_t>(std::round(u * last));
  const double place = std::expm1(u * std::log1p(growth * last)) / growth;
  // Between two values the nearer coordinate is not that of the nearer value.
  const auto below = static_cast<std::int64_t>(std::clamp(std::floor(place), 0.0, last));
  std::int64_t best = below;
  for (const std::int64_t k : {below - 1, below + 1}) {
    if (k >= 0 && k < count && std::abs(coordinate(k) - u) < std::abs(coordinate(best) - u)) best = k;
  }
  return best;
}

std::int64_t Grid::owner(double u) const {
  if (count <= 1) return 0;
  const double low = -0.5 * coordinate(1);
  const double high = 1.0 + 0.5 * (1.0 - coordinate(count - 2));
  return nearest(low + u * (high - low));
}

}  // namespace stune
