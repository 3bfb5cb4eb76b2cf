#include "experiment/parameter_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "experiment/coordinate.hpp"
#include "experiment/search_space.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

constexpr double largest_integer = 9007199254740992.0;  // 2^53: up to there a double holds every integer
constexpr double most_steps = 1e15;                     // beyond, rounding would no longer find the step it came from
constexpr double most_log_steps = 1e12;

[[noreturn]] void refuse(const Parameter& parameter, const std::string& why) {
  throw ConfigError("parameter " + in_quotes(parameter.name) + ": " + why);
}

std::string bounds(const Parameter& parameter) {
  return std::string("[") + format_number(parameter.lower) + ", " + format_number(parameter.upper) + "]";
}

void check_name(const Parameter& parameter) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  const std::string& name = parameter.name;
  if (!name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_allowed)) return;
  throw ConfigError((name.empty() ? "a parameter has no name" : in_quotes(name) + " is no name for a parameter") +
                    std::string("; a name has letters, digits, '_', '.' and '-', and begins with a letter or '_'"));
}

void check_bounds(const Parameter& parameter) {
  const double lower = parameter.lower;
  const double upper = parameter.upper;
  if (!std::isfinite(lower) || !std::isfinite(upper)) {
    refuse(parameter, "bounds are finite numbers, not " + bounds(parameter));
  }
  if (!std::isfinite(upper - lower)) {
    refuse(parameter, "the bounds " + bounds(parameter) + " are too far apart: at most 1.7e308");
  }
  if (lower == upper) {
    refuse(parameter, "lower and upper bound are both " + format_number(lower) +
                          "; a value that is not tuned is fixed(" + format_number(lower) + ")");
  }
  if (lower > upper) {
    refuse(parameter, "the lower bound " + format_number(lower) + " is above the upper bound " + format_number(upper));
  }
  if (parameter.log_scale && lower <= 0.0) {
    refuse(parameter, "a logarithmic scale needs a lower bound above 0, not " + format_number(lower));
  }
  if (parameter.log_scale && !std::isfinite(upper / lower)) {
    refuse(parameter, "the bounds " + bounds(parameter) +
                          " are too far apart for a logarithmic scale: at most a factor of 1.7e308");
  }
  if (upper - lower < 1e-12 * std::max(std::abs(lower), std::abs(upper))) {
    refuse(parameter, "the bounds " + bounds(parameter) + " are too close to tell values between them apart");
  }
  if (parameter.kind == ParameterKind::real) return;
  if (lower != std::floor(lower) || upper != std::floor(upper)) {
    refuse(parameter, "the bounds of an int are whole numbers, not " + bounds(parameter));
  }
  if (std::abs(lower) > largest_integer || std::abs(upper) > largest_integer) {
    refuse(parameter, "the bounds of an int lie between -2^53 and 2^53, not " + bounds(parameter));
  }
}

void check_step(const Parameter& parameter) {
  const double step = parameter.step;
  if (!std::isfinite(step) || step < 0.0) {
    refuse(parameter, "a step is a number above 0, not " + format_number(step));
  }
  if (parameter.kind == ParameterKind::integer && step != std::floor(step)) {
    refuse(parameter, "the step of an int is a whole number, not " + format_number(step));
  }
  const double width = spacing(parameter);
  if (width == 0.0) return;
  const double steps = (parameter.upper - parameter.lower) / width;
  const double whole = std::max(std::round(steps), 1.0);
  if (std::abs(steps - whole) > 1e-9 * whole) {
    refuse(parameter, "a step of " + format_number(step) + " does not lead from " + format_number(parameter.lower) +
                          " to " + format_number(parameter.upper) + " in whole steps; the last value it reaches is " +
                          format_number(rounded(parameter.lower + std::floor(steps) * step, 1e-12 * step)));
  }
  if (steps >= (parameter.log_scale ? most_log_steps : most_steps) ||
      (parameter.log_scale && parameter.upper / width > most_log_steps)) {
    refuse(parameter, bounds(parameter) + " has too many values" +
                          (parameter.log_scale ? std::string(" for a logarithmic scale") : std::string()) +
                          "; choose a larger step or float");
  }
}

/// Numbers stay numbers and bools bools; a mixture becomes text, which is what a trial sees anyway.
void unify_types(std::vector<Value>& values) {
  const auto family = [](const Value& value) { return value.index() == 1 ? std::size_t{2} : value.index(); };
  const bool uniform = std::ranges::all_of(values, [&](const Value& v) { return family(v) == family(values.front()); });
  if (uniform) return;
  for (Value& value : values) value = to_string(value);
}

void check_value_list(Parameter& parameter) {
  if (parameter.kind == ParameterKind::boolean) {
    if (!parameter.values.empty()) refuse(parameter, "a bool has no list of values");
    return;
  }
  if (parameter.values.empty()) refuse(parameter, "there is no value to choose from");
  if (parameter.kind == ParameterKind::fixed && parameter.values.size() != 1) {
    refuse(parameter, "fixed takes one value, not " + std::to_string(parameter.values.size()) +
                          "; to choose among several, write choice(...)");
  }
  unify_types(parameter.values);
  std::map<std::string, int> seen;
  for (const Value& value : parameter.values) {
    const std::string text = to_string(value);
    if (const auto* number = std::get_if<double>(&value); number != nullptr && !std::isfinite(*number)) {
      refuse(parameter, text + " is no finite number");
    }
    if (text.find('\0') != std::string::npos) refuse(parameter, "a value cannot hold a zero byte");
    if (++seen[text] == 2) refuse(parameter, "the value " + in_quotes(text) + " is there twice");
  }
}

/// A number where the value is one, or text that reads as one.
std::optional<double> as_number(const Value& value) {
  if (std::holds_alternative<bool>(value)) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&value)) return parse_number(trimmed(*text));
  return to_number(value);
}

Value checked_number(const Parameter& parameter, const Value& value) {
  const std::string found = to_string(value);
  const auto refuse_value = [&](const std::string& why) {
    refuse(parameter, found + " " + why + "; valid is " + valid_values(parameter));
  };
  const std::optional<double> number = as_number(value);
  if (!number || !std::isfinite(*number)) {
    refuse(parameter, in_quotes(found) + " is no number; valid is " + valid_values(parameter));
  }
  if (*number < parameter.lower || *number > parameter.upper) refuse_value("is outside of " + bounds(parameter));
  const double width = spacing(parameter);
  if (width == 0.0) return *number;
  if (parameter.kind == ParameterKind::integer && *number != std::floor(*number)) refuse_value("is no whole number");
  const double k = std::round((*number - parameter.lower) / width);
  const Value on_step = value_at_step(parameter, k);
  if (std::abs(to_number(on_step) - *number) > 1e-9 * width) {
    refuse_value("is not on the step; the nearest value is " + to_string(on_step));
  }
  return on_step;
}

Value checked_flag(const Parameter& parameter, const Value& value) {
  const std::string text = to_string(value);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  refuse(parameter, in_quotes(text) + " is not true or false");
}

Value checked_member(const Parameter& parameter, const Value& value) {
  const std::string text = to_string(value);
  for (const Value& known : parameter.values) {
    if (to_string(known) == text) return known;
  }
  const std::optional<double> number = as_number(value);
  std::vector<std::string> names;
  for (const Value& known : parameter.values) {
    if (number && (known.index() == 1 || known.index() == 2) && to_number(known) == *number) return known;
    names.push_back(to_string(known));
  }
  refuse(parameter, in_quotes(text) + " is not one of its values" + did_you_mean(text, names) + "; valid is " +
                        valid_values(parameter));
}

}  // namespace

double spacing(const Parameter& parameter) {
  if (parameter.step > 0.0) return parameter.step;
  return parameter.kind == ParameterKind::integer ? 1.0 : 0.0;
}

double count_of_steps(const Parameter& parameter) {
  return std::round((parameter.upper - parameter.lower) / spacing(parameter)) + 1.0;
}

Value value_at_step(const Parameter& parameter, double k) {
  const double last = count_of_steps(parameter) - 1.0;
  double value = k <= 0.0 ? parameter.lower : k >= last ? parameter.upper : parameter.lower + k * spacing(parameter);
  if (parameter.kind == ParameterKind::integer) return static_cast<std::int64_t>(value);
  if (k <= 0.0 || k >= last) return value;
  // Takes off what addition in binary leaves behind: 0.1 + 2 * 0.1 is to be 0.3.
  value = rounded(value, 1e-14 * std::max(std::abs(parameter.lower), std::abs(parameter.upper)));
  return std::clamp(value, parameter.lower, parameter.upper);
}

std::string valid_values(const Parameter& parameter) {
  constexpr std::size_t shown = 12;
  switch (parameter.kind) {
    case ParameterKind::real:
    case ParameterKind::integer: {
      const std::string kind = parameter.kind == ParameterKind::integer ? "a whole number in " : "a number in ";
      return kind + bounds(parameter) + (parameter.step > 0.0 ? " in steps of " + format_number(parameter.step) : "");
    }
    case ParameterKind::boolean:
      return "true or false";
    case ParameterKind::categorical:
    case ParameterKind::ordinal:
    case ParameterKind::fixed:
      break;
  }
  std::vector<std::string> names;
  for (const Value& value : parameter.values) names.push_back(to_string(value));
  const bool all = names.size() <= shown;
  if (!all) names.resize(shown);
  return join(names) + (all ? "" : ", ... (" + std::to_string(parameter.values.size()) + " values)");
}

Value checked_value(const Parameter& parameter, const Value& value) {
  if (is_interval(parameter)) return checked_number(parameter, value);
  if (parameter.kind == ParameterKind::boolean) return checked_flag(parameter, value);
  return checked_member(parameter, value);
}

Parameter checked(Parameter parameter) {
  check_name(parameter);
  if (is_interval(parameter)) {
    if (!parameter.values.empty()) refuse(parameter, "a range has bounds, not a list of values");
    check_bounds(parameter);
    check_step(parameter);
  } else {
    if (parameter.log_scale || parameter.step != 0.0) refuse(parameter, "only float and int have a scale and a step");
    check_value_list(parameter);
  }
  if (parameter.default_value && parameter.kind == ParameterKind::fixed) {
    refuse(parameter, "a fixed value has no default");
  }
  if (parameter.default_value) {
    try {
      parameter.default_value = checked_value(parameter, *parameter.default_value);
    } catch (const ConfigError& e) {
      throw ConfigError(std::string(e.what()) + " (this is its default)");
    }
  }
  return parameter;
}

void check_names(const std::vector<Parameter>& parameters) {
  // All that a trial may find: set by trial/, and by runners/ where it takes several ranks.
  static constexpr std::array reserved = {"STUNE_TRIAL",   "STUNE_ATTEMPT",    "STUNE_TRIAL_DIR", "STUNE_ATTEMPT_DIR",
                                          "STUNE_METRICS", "STUNE_PARAMETERS", "STUNE_RESTART",   "STUNE_RANKS",
                                          "STUNE_HOSTS",   "STUNE_MPIRUN"};
  std::map<std::string, const Parameter*> seen;
  for (const Parameter& parameter : parameters) {
    const std::string variable = environment_name(parameter.name);
    if (std::ranges::find(reserved, variable) != reserved.end()) {
      refuse(parameter, "its variable " + variable + " is one that stune itself gives to trials; choose another name");
    }
    const auto [found, is_new] = seen.emplace(variable, &parameter);
    if (is_new) continue;
    if (found->second->name == parameter.name) refuse(parameter, "it is there twice");
    refuse(parameter, "it falls together with parameter " + in_quotes(found->second->name) + ": both are " + variable +
                          " in the environment; choose another name");
  }
}

}  // namespace stune
