/// \file Which parameters and which values of them are valid: pure, with messages for the user.
#pragma once

#include <string>
#include <vector>

#include "stune/parameter.hpp"

namespace stune {

/// `parameter` with its values and its default brought to the types of its kind. Throws ConfigError naming the
/// parameter, what was found and what is valid.
Parameter checked(Parameter parameter);

/// Names that are repeated, reserved, or equal in the environment. Throws ConfigError.
void check_names(const std::vector<Parameter>& parameters);

/// `value` as a valid value of `parameter` (2 -> 2.0, "3" -> 3, onto its step). Throws ConfigError.
Value checked_value(const Parameter& parameter, const Value& value);

/// Its values are numbers between two bounds.
inline bool is_interval(const Parameter& parameter) {
  return parameter.kind == ParameterKind::real || parameter.kind == ParameterKind::integer;
}
/// Values are lower + k * spacing; 0: none (a real without step).
double spacing(const Parameter& parameter);
/// Number of different values of a parameter that has spacing.
double count_of_steps(const Parameter& parameter);
/// The value at step k in [0, count_of_steps).
Value value_at_step(const Parameter& parameter, double k);

/// Which values are valid, for messages: "a number in [0, 1]".
std::string valid_values(const Parameter& parameter);

}  // namespace stune
