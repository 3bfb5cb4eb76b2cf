#include "analysis/sensitivity.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stune::analysis {
namespace {

constexpr std::size_t most_for_second_order = 25;
constexpr double most_kernel_values = 1.5e8;  // about a second

double from_uniform(const Axis& axis, double u) {
  if (axis.kind == Axis::Kind::categories) return std::min(std::floor(u * axis.count), axis.count - 1.0);
  return axis.kind == Axis::Kind::grid ? axis.grid.coordinate(axis.grid.owner(u)) : u;
}

int affordable_samples(std::size_t inputs, std::size_t trials, bool second_order) {
  const auto d = static_cast<double>(inputs);
  const double per_row = (second_order ? 2 * d + 2 : d + 2) * static_cast<double>(trials) * (1.0 + d / 20.0);
  int samples = 256;
  while (samples < 4096 && 2 * samples * per_row < most_kernel_values) samples *= 2;
  return samples;
}

double doubt(const Surrogate& surrogate, const SearchSpace& space, double variance) {
  constexpr int points = 512;
  const CubeFunction squared_error = [&](std::span<const double> cube) {
    std::vector<double> squares;
    for (const Belief& belief : surrogate.predict_encoded(from_cube(space, cube)))
      squares.push_back(belief.sem * belief.sem);
    return squares;
  };
  const double unknown = mean_over_cube(squared_error, space.dimension(), points);
  return unknown / (unknown + variance);
}

}  // namespace

std::vector<double> from_cube(const SearchSpace& space, std::span<const double> cube) {
  std::vector<double> x(cube.begin(), cube.end());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = from_uniform(space.axes()[i % space.dimension()], x[i]);
  return x;
}

std::optional<Sensitivity> measure_sensitivity(const Surrogate& surrogate, const SearchSpace& space) {
  const std::size_t d = space.dimension();
  const bool second_order = d > 1 && d <= most_for_second_order;
  Sensitivity result;
  result.samples = affordable_samples(d, surrogate.trials().size(), second_order);
  const CubeFunction f = [&](std::span<const double> cube) { return surrogate.means(from_cube(space, cube)); };
  result.indices = sobol_indices(f, d, {.samples = result.samples, .second_order = second_order});
  const double scale = std::abs(f(std::vector<double>(d, 0.5)).front());
  if (result.indices.variance <= 1e-18 * scale * scale) return {};
  result.doubt = doubt(surrogate, space, result.indices.variance);
  result.order.resize(d);
  std::iota(result.order.begin(), result.order.end(), std::size_t{0});
  std::ranges::stable_sort(result.order, std::ranges::greater{},
                           [&](std::size_t i) { return result.indices.total[i].value; });
  return result;
}

}  // namespace stune::analysis
