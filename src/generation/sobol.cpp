#include "generation/sobol.hpp"

#include <algorithm>
#include <bit>
#include <boost/random/sobol.hpp>
#include <cassert>

#include "generation/random_numbers.hpp"

namespace stune::generation {

namespace {

constexpr Eigen::Index known_dimensions = boost::random::default_sobol_table::max_dimension;

// Row i of a random lower triangular matrix with ones on the diagonal; bit 63 is the first column.
std::array<std::uint64_t, 64> random_lower_triangle(RandomNumbers& random) {
  std::array<std::uint64_t, 64> rows{};
  for (unsigned i = 0; i < 64; ++i) {
    const std::uint64_t diagonal = std::uint64_t{1} << (63 - i);
    const std::uint64_t before = ~(diagonal | (diagonal - 1));
    rows[i] = diagonal | (random.bits() & before);
  }
  return rows;
}

std::uint64_t multiply(const std::array<std::uint64_t, 64>& rows, std::uint64_t bits) {
  std::uint64_t result = 0;
  for (const std::uint64_t row : rows)
    result = (result << 1) | static_cast<std::uint64_t>(std::popcount(row & bits) & 1);
  return result;
}

// The middle of the cell, so that neither 0 nor 1 occurs.
double to_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 12) + 0.5) * 0x1.0p-52; }

}  // namespace

ScrambledSobol::ScrambledSobol(Eigen::Index dimensions, std::uint64_t seed) : dimensions_(dimensions), seed_(seed) {
  assert(dimensions >= 1);
  const auto known = static_cast<std::size_t>(std::min(dimensions, known_dimensions));
  directions_.resize(known);
  shifts_.resize(known);
  boost::random::sobol engine(known);
  for (unsigned k = 0; k < index_bits; ++k) {
    // The engine leaves out the point 0 and counts in Gray code: seeded with 2^(k+1) - 2 it yields direction number k
    // itself.
    engine.seed((std::uint64_t{2} << k) - 2);
    for (Directions& directions : directions_) directions[k] = engine();
  }
  for (std::size_t j = 0; j < known; ++j) {
    // A generator of its own for each dimension: dimension j is the same whatever the number of dimensions.
    RandomNumbers random(RandomNumbers(seed ^ (0x632be59bd9b4e019u * (j + 1))).bits());
    const auto rows = random_lower_triangle(random);
    for (std::uint64_t& direction : directions_[j]) direction = multiply(rows, direction);
    shifts_[j] = random.bits();
  }
}

Eigen::MatrixXd ScrambledSobol::points(std::uint64_t first, Eigen::Index count) const {
  assert(first + static_cast<std::uint64_t>(count) <= std::uint64_t{1} << index_bits);
  Eigen::MatrixXd P(count, dimensions_);
  const auto known = static_cast<Eigen::Index>(directions_.size());
  for (Eigen::Index j = 0; j < known; ++j) {
    const Directions& directions = directions_[static_cast<std::size_t>(j)];
    std::uint64_t bits = shifts_[static_cast<std::size_t>(j)];
    const std::uint64_t gray = first ^ (first >> 1);
    for (unsigned k = 0; k < index_bits; ++k) bits ^= (gray >> k) & 1 ? directions[k] : 0;
    for (Eigen::Index i = 0; i < count; ++i) {
      P(i, j) = to_unit(bits);
      // From point p to p + 1 the Gray code changes in one bit.
      const std::uint64_t next = first + static_cast<std::uint64_t>(i) + 1;
      const int changed = std::countr_zero(next);
      if (changed < index_bits) bits ^= directions[static_cast<std::size_t>(changed)];
    }
  }
  for (Eigen::Index j = known; j < dimensions_; ++j) {
    for (Eigen::Index i = 0; i < count; ++i) {
      const std::uint64_t point = first + static_cast<std::uint64_t>(i);
      P(i, j) = to_unit(
          RandomNumbers(seed_ ^ (point << 32) ^ (0x632be59bd9b4e019u * static_cast<std::uint64_t>(j + 1))).bits());
    }
  }
  return P;
}

}  // namespace stune::generation
