#include "cli/results.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "cli/quantities.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

std::pair<std::string, std::string> split_assignment(const std::string& text, const char* example) {
  const auto sign = text.find('=');
  if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) {
    throw UsageError("found \"" + text + "\"; valid is NAME=VALUE, as in " + example);
  }
  return {text.substr(0, sign), text.substr(sign + 1)};
}

double real_of(const std::string& text, const std::string& whole) {
  try {
    return parse_real(text);
  } catch (const ConfigError&) {
    throw UsageError("found \"" + whole + "\", where \"" + text +
                     "\" is not a number; valid are yield=0.71 and yield=0.71+-0.02");
  }
}

}  // namespace

Observation parse_result(const std::string& text, std::int64_t step) {
  const auto [name, value] = split_assignment(text, "yield=0.71 or yield=0.71+-0.02");
  Observation observation{.metric = name, .step = step};
  const auto error = value.find("+-");
  observation.mean = real_of(value.substr(0, error), text);
  if (error != std::string::npos) {
    observation.sem = real_of(value.substr(error + 2), text);
    if (observation.sem < 0.0) throw UsageError("found \"" + text + "\"; a standard error is not negative");
  }
  return observation;
}

Parameterization parse_parameters(const std::vector<std::string>& texts, const SearchSpace& space) {
  std::vector<std::string> names(space.names()->begin(), space.names()->end());
  std::map<std::string, std::string> given;
  for (const std::string& text : texts) {
    const auto [name, value] = split_assignment(text, "lr=0.1");
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw ConfigError("there is no parameter " + stune::in_quotes(name) + did_you_mean(name, names) + "; valid are " +
                        join(names));
    }
    if (!given.emplace(name, value).second) throw ConfigError("parameter " + name + " is given twice");
  }
  std::vector<Value> values;
  for (const Parameter& parameter : space.parameters()) {
    const auto text = given.find(parameter.name);
    if (text != given.end()) {
      values.push_back(space.parse_value(parameter, text->second));
    } else if (parameter.kind == ParameterKind::fixed) {
      values.push_back(parameter.values.at(0));
    } else {
      throw ConfigError("parameter " + parameter.name + " has no value; valid is " + describe(parameter));
    }
  }
  return space.validated(Parameterization(space.names(), std::move(values)));
}

}  // namespace stune::cli
