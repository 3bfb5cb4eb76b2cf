#include "stune/objective.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

bool is_metric_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_allowed = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/' || c == ':';
  };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_allowed);
}

Objective parse_objective(std::string_view part, std::string_view whole) {
  std::string_view name = trimmed(part);
  const bool minimize = !name.empty() && name.front() == '-';
  if (minimize) name = trimmed(name.substr(1));
  if (is_metric_name(name)) return {std::string(name), minimize};
  if (name.find_first_of("*+") != std::string_view::npos) {
    throw ConfigError("objective " + in_quotes(whole) +
                      ": sums and weights of metrics are not supported yet; name one " +
                      "metric, with '-' before it to minimize");
  }
  throw ConfigError(
      "objective " + in_quotes(whole) + ": " +
      (name.empty() ? std::string("a metric's name is missing") : in_quotes(name) + " is no metric's name") +
      "; write \"loss\" to maximize it, \"-loss\" to minimize it (letters, digits, _ . - / and :, " +
      "beginning with a letter or _)");
}

/// "0.9" or "1.2 * baseline", in either order.
bool parse_bound(std::string_view text, OutcomeConstraint& constraint) {
  const std::size_t star = text.find('*');
  if (star != std::string_view::npos) {
    const std::string_view left = trimmed(text.substr(0, star));
    const std::string_view right = trimmed(text.substr(star + 1));
    constraint.relative = left == "baseline" || right == "baseline";
    if (!constraint.relative) return false;
    text = left == "baseline" ? right : left;
  } else if (trimmed(text) == "baseline") {
    constraint.relative = true;
    text = "1";
  }
  const auto bound = parse_number(trimmed(text));
  if (!bound || !std::isfinite(*bound)) return false;
  constraint.bound = *bound;
  return true;
}

OutcomeConstraint parse_constraint(const std::string& text) {
  OutcomeConstraint constraint;
  const std::size_t at = text.find_first_of("<>");
  if (at != std::string::npos && at + 1 < text.size() && text[at + 1] == '=') {
    constraint.metric = trimmed(std::string_view(text).substr(0, at));
    constraint.at_least = text[at] == '>';
    if (is_metric_name(constraint.metric) && parse_bound(std::string_view(text).substr(at + 2), constraint)) {
      return constraint;
    }
  }
  throw ConfigError("cannot read the outcome constraint " + in_quotes(text) +
                    "; it is written \"metric >= number\", \"metric <= number\" or \"metric <= number * baseline\"");
}

}  // namespace

OptimizationConfig parse_optimization(std::string_view objective, const std::vector<std::string>& outcome_constraints) {
  OptimizationConfig config;
  for (std::size_t begin = 0; begin <= objective.size();) {
    const std::size_t end = std::min(objective.find(',', begin), objective.size());
    config.objectives.push_back(parse_objective(objective.substr(begin, end - begin), objective));
    begin = end + 1;
  }
  for (const std::string& text : outcome_constraints) config.constraints.push_back(parse_constraint(text));
  if (config.objectives.size() > 1) {
    throw ConfigError("objective " + in_quotes(objective) +
                      ": several objectives are not supported yet; name one metric");
  }
  if (!config.constraints.empty()) {
    throw ConfigError("outcome constraint " + in_quotes(outcome_constraints.front()) +
                      ": outcome constraints are not supported yet");
  }
  return config;
}

}  // namespace stune
