/// \file What a user says of one parameter of the search space.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stune/value.hpp"

namespace stune {

/// Persistent: never renumber.
enum class ParameterKind : std::uint8_t {
  real,         ///< float in [lower, upper]
  integer,      ///< int in [lower, upper]
  categorical,  ///< one of `values`, without order
  ordinal,      ///< one of `values`, in that order
  boolean,      ///< false or true
  fixed         ///< always values[0]; passed to trials, not tuned
};

struct Parameter {
  std::string name{};
  ParameterKind kind = ParameterKind::real;
  double lower = 0.0;                    ///< real and integer only
  double upper = 0.0;                    ///< real and integer only, inclusive
  bool log_scale = false;                ///< real and integer only; needs lower > 0
  double step = 0.0;                     ///< 0: none; values are lower + k * step
  std::vector<Value> values{};           ///< categorical, ordinal, fixed
  std::optional<Value> default_value{};  ///< the user's own setting; makes trial 0 where every tuned parameter has one

  bool operator==(const Parameter&) const = default;
};

/// The sum of factor * parameter is at most `bound`. None is supported yet.
struct ParameterConstraint {
  std::vector<std::pair<std::string, double>> terms{};
  double bound = 0.0;

  bool operator==(const ParameterConstraint&) const = default;
};
/// "x1 + 2 * x2 <= 1.5", "x1 >= x2"; `names` are the parameters there are. Throws ConfigError quoting what cannot be
/// read.
ParameterConstraint parse_parameter_constraint(const std::string& text, const std::vector<std::string>& names);

/// What range() and integer() take beyond the bounds.
struct Scale {
  bool log_scale = false;
  double step = 0.0;
  std::optional<Value> default_value{};
};

/// The tutorial's RangeParameterConfig and ChoiceParameterConfig. Checked when the experiment is configured.
Parameter range(std::string name, double lower, double upper, Scale scale = {});
Parameter integer(std::string name, std::int64_t lower, std::int64_t upper, Scale scale = {});
Parameter choice(std::string name, std::vector<Value> values);   ///< unordered
Parameter ordered(std::string name, std::vector<Value> values);  ///< in that order
Parameter boolean(std::string name);
Parameter fixed(std::string name, Value value);

}  // namespace stune
