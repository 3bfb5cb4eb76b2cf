#include "generation/random_numbers.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace stune::generation {

std::uint64_t RandomNumbers::bits() {
  state_ += 0x9e3779b97f4a7c15u;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::int64_t RandomNumbers::below(std::int64_t n) {
  assert(n > 0);
  return std::min(static_cast<std::int64_t>(uniform() * static_cast<double>(n)), n - 1);
}

double RandomNumbers::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace stune::generation
