#include "experiment/coordinate.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "experiment/parameter_rules.hpp"

namespace stune {
namespace {

constexpr double digits = 1e-12;

double real_to_unit(const Parameter& p, double x) {
  if (x <= p.lower) return 0.0;
  if (x >= p.upper) return 1.0;
  const double u =
      p.log_scale ? std::log(x / p.lower) / std::log(p.upper / p.lower) : (x - p.lower) / (p.upper - p.lower);
  return std::clamp(u, 0.0, 1.0);
}

double unit_to_real(const Parameter& p, double u) {
  const double x =
      p.log_scale ? p.lower * std::exp(u * std::log(p.upper / p.lower)) : p.lower + u * (p.upper - p.lower);
  return std::clamp(x, p.lower, p.upper);
}

/// What two neighbouring decoded values differ by, about.
double resolution(const Parameter& p, double x) {
  if (p.log_scale) return 10 * digits * x;
  return std::max(digits * (p.upper - p.lower), 1e-14 * std::max(std::abs(p.lower), std::abs(p.upper)));
}

double decode_real(const Parameter& p, double u) {
  const double raw = unit_to_real(p, u);
  const double x = rounded(raw, resolution(p, raw));
  // Beside a bound the coordinate may no longer tell a value from it.
  if (u <= 0.0 || x - p.lower <= resolution(p, x)) return p.lower;
  if (u >= 1.0 || p.upper - x <= resolution(p, x)) return p.upper;
  return x;
}

std::size_t index_of(const Parameter& p, const Value& value) {
  if (p.kind == ParameterKind::boolean) return std::get<bool>(value) ? 1 : 0;
  const auto found = std::ranges::find(p.values, value);
  return found == p.values.end() ? 0 : static_cast<std::size_t>(found - p.values.begin());
}

Value member(const Parameter& p, std::size_t index) {
  if (p.kind == ParameterKind::boolean) return index != 0;
  return p.values[index];
}

std::size_t nearest(const std::vector<double>& grid, double u) {
  const auto above = std::ranges::lower_bound(grid, u);
  if (above == grid.begin()) return 0;
  const auto index = static_cast<std::size_t>(above - grid.begin());
  if (above == grid.end()) return index - 1;
  return u - grid[index - 1] < grid[index] - u ? index - 1 : index;
}

}  // namespace

double rounded(double x, double quantum) {
  if (x == 0.0 || !std::isfinite(x) || quantum <= 0.0) return x;
  const int places = -static_cast<int>(std::floor(std::log10(quantum)));  // decimal places that are kept
  // Powers of ten are exact up to 10^22, and then so is the nearest double of the quotient.
  if (places >= 0 && places <= 22) {
    const double power = std::pow(10.0, places);
    return std::nearbyint(x * power) / power;
  }
  char text[64];
  const int precision = std::clamp(static_cast<int>(std::floor(std::log10(std::abs(x)))) + places, 0, 17);
  const auto end = std::to_chars(text, text + sizeof text, x, std::chars_format::scientific, precision).ptr;
  double result = x;
  std::from_chars(text, end, result);
  return result;
}

Axis make_axis(const Parameter& parameter) {
  Axis axis;
  if (!is_interval(parameter) && parameter.kind != ParameterKind::ordinal) {
    axis.kind = Axis::Kind::categories;
    axis.count = parameter.kind == ParameterKind::boolean ? 2 : static_cast<int>(parameter.values.size());
    return axis;
  }
  if (is_interval(parameter) && spacing(parameter) == 0.0) return axis;
  const double count =
      is_interval(parameter) ? count_of_steps(parameter) : static_cast<double>(parameter.values.size());
  if (count > SearchSpace::listed_grid) return axis;
  axis.kind = Axis::Kind::grid;
  axis.count = static_cast<int>(count);
  for (int k = 0; k < axis.count; ++k) {
    const bool even = !is_interval(parameter) || !parameter.log_scale;
    axis.grid.push_back(even ? k / (count - 1.0) : real_to_unit(parameter, to_number(value_at_step(parameter, k))));
  }
  return axis;
}

double to_coordinate(const Parameter& parameter, const Axis& axis, const Value& value) {
  if (axis.kind == Axis::Kind::categories) return static_cast<double>(index_of(parameter, value));
  if (!is_interval(parameter)) {
    const auto k = static_cast<double>(index_of(parameter, value));
    return k / static_cast<double>(std::max<std::size_t>(parameter.values.size() - 1, 1));
  }
  const double x = to_number(value);
  const double width = spacing(parameter);
  if (width == 0.0) return real_to_unit(parameter, x);
  const double last = count_of_steps(parameter) - 1.0;
  const double k = std::clamp(std::round((x - parameter.lower) / width), 0.0, last);
  if (axis.kind == Axis::Kind::grid) return axis.grid[static_cast<std::size_t>(k)];
  return parameter.log_scale ? real_to_unit(parameter, x) : k / last;
}

Value from_coordinate(const Parameter& parameter, const Axis& axis, double u) {
  if (axis.kind == Axis::Kind::categories) {
    const double code = std::isnan(u) ? 0.0 : std::clamp(std::round(u), 0.0, axis.count - 1.0);
    return member(parameter, static_cast<std::size_t>(code));
  }
  u = std::isnan(u) ? 0.5 : std::clamp(u, 0.0, 1.0);
  if (!is_interval(parameter)) {
    const auto last = static_cast<double>(parameter.values.size() - 1);
    return member(parameter, static_cast<std::size_t>(std::round(u * last)));
  }
  const double width = spacing(parameter);
  if (width == 0.0) return decode_real(parameter, u);
  const double last = count_of_steps(parameter) - 1.0;
  if (axis.kind == Axis::Kind::grid) return value_at_step(parameter, static_cast<double>(nearest(axis.grid, u)));
  const double steps = parameter.log_scale ? (unit_to_real(parameter, u) - parameter.lower) / width : u * last;
  return value_at_step(parameter, std::clamp(std::round(steps), 0.0, last));
}

}  // namespace stune
