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
  const double width = is_interval(parameter) ? spacing(parameter) : 0.0;
  if (is_interval(parameter) && width == 0.0) return axis;
  axis.kind = Axis::Kind::grid;
  axis.grid.count = is_interval(parameter) ? static_cast<std::int64_t>(count_of_steps(parameter))
                                           : static_cast<std::int64_t>(parameter.values.size());
  if (parameter.log_scale) axis.grid.growth = width / parameter.lower;
  return axis;
}

double to_coordinate(const Parameter& parameter, const Axis& axis, const Value& value) {
  if (axis.kind == Axis::Kind::categories) return static_cast<double>(index_of(parameter, value));
  if (axis.kind == Axis::Kind::continuous) return real_to_unit(parameter, to_number(value));
  if (!is_interval(parameter)) return axis.grid.coordinate(static_cast<std::int64_t>(index_of(parameter, value)));
  const double k = std::round((to_number(value) - parameter.lower) / spacing(parameter));
  return axis.grid.coordinate(static_cast<std::int64_t>(std::clamp(k, 0.0, count_of_steps(parameter) - 1.0)));
}

Value from_coordinate(const Parameter& parameter, const Axis& axis, double u) {
  if (axis.kind == Axis::Kind::categories) {
    const double code = std::isnan(u) ? 0.0 : std::clamp(std::round(u), 0.0, axis.count - 1.0);
    return member(parameter, static_cast<std::size_t>(code));
  }
  u = std::isnan(u) ? 0.5 : std::clamp(u, 0.0, 1.0);
  if (axis.kind == Axis::Kind::continuous) return decode_real(parameter, u);
  const std::int64_t k = axis.grid.nearest(u);
  return is_interval(parameter) ? value_at_step(parameter, static_cast<double>(k))
                                : member(parameter, static_cast<std::size_t>(k));
}

}  // namespace stune
