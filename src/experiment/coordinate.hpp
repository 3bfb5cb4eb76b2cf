/// \file One parameter as one coordinate: the map between values and the unit interval. Pure.
#pragma once

#include "experiment/search_space.hpp"

namespace stune {

/// `parameter` is valid and has more than one value.
Axis make_axis(const Parameter& parameter);

/// Real: u = (x - l) / (h - l), or log(x / l) / log(h / l) on a logarithmic scale; values at the bounds are exactly 0
/// and 1. Ordinal: k / (n - 1). Categories: the code k. Integers and steps: as real.
double to_coordinate(const Parameter& parameter, const Axis& axis, const Value& value);

/// The nearest valid value; NaN counts as the middle. Reals keep 12 significant digits (of the range, or of the value
/// on a logarithmic scale): shorter to print, and what makes the two maps exact inverses of each other.
Value from_coordinate(const Parameter& parameter, const Axis& axis, double u);

/// `x` rounded to the largest power of ten that is not above `quantum`; the nearest double to that decimal number.
double rounded(double x, double quantum);

}  // namespace stune
