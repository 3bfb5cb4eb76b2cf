#include "experiment/search_space.hpp"

#include <algorithm>
#include <cassert>

#include "base/text.hpp"
#include "experiment/coordinate.hpp"
#include "experiment/parameter_rules.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// A list of one value is as good as a fixed one.
bool is_tuned(const Parameter& parameter) {
  if (parameter.kind == ParameterKind::fixed) return false;
  const bool listed = parameter.kind == ParameterKind::categorical || parameter.kind == ParameterKind::ordinal;
  return !listed || parameter.values.size() > 1;
}

}  // namespace

SearchSpace::SearchSpace(std::vector<Parameter> parameters) {
  std::vector<std::string> names;
  for (Parameter& parameter : parameters) {
    parameters_.push_back(checked(std::move(parameter)));
    names.push_back(parameters_.back().name);
  }
  check_names(parameters_);
  names_ = std::make_shared<const std::vector<std::string>>(std::move(names));
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!is_tuned(parameters_[i])) continue;
    tuned_.push_back(i);
    axes_.push_back(make_axis(parameters_[i]));
  }
}

std::optional<double> SearchSpace::size() const {
  constexpr double largest = 9007199254740992.0;  // 2^53
  double product = 1.0;
  for (std::size_t axis = 0; axis < dimension(); ++axis) {
    const Parameter& parameter = tuned(axis);
    const bool interval = parameter.kind == ParameterKind::real || parameter.kind == ParameterKind::integer;
    if (interval && spacing(parameter) == 0.0) return std::nullopt;
    product *= interval                                   ? count_of_steps(parameter)
               : parameter.kind == ParameterKind::boolean ? 2.0
                                                          : static_cast<double>(parameter.values.size());
    if (product > largest) return std::nullopt;
  }
  return product;
}

std::vector<double> SearchSpace::encode(const Parameterization& parameters) const {
  assert(parameters.size() == parameters_.size());
  std::vector<double> point(dimension());
  for (std::size_t axis = 0; axis < point.size(); ++axis) {
    point[axis] = to_coordinate(tuned(axis), axes_[axis], parameters.value(tuned_[axis]));
  }
  return point;
}

Parameterization SearchSpace::decode(std::span<const double> point) const {
  assert(point.size() == dimension());
  std::vector<Value> values;
  values.reserve(parameters_.size());
  std::size_t axis = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const bool has_axis = axis < tuned_.size() && tuned_[axis] == i;
    values.push_back(has_axis ? from_coordinate(parameters_[i], axes_[axis], point[axis]) : parameters_[i].values[0]);
    if (has_axis) ++axis;
  }
  return Parameterization(names_, std::move(values));
}

Parameterization SearchSpace::center() const {
  std::vector<double> point;
  for (const Axis& axis : axes_) point.push_back(axis.kind == Axis::Kind::categories ? 0.0 : 0.5);
  return decode(point);
}

std::optional<Parameterization> SearchSpace::defaults() const {
  std::vector<Value> values;
  std::size_t axis = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const bool has_axis = axis < tuned_.size() && tuned_[axis] == i;
    if (has_axis) ++axis;
    if (has_axis && !parameters_[i].default_value) return std::nullopt;
    values.push_back(has_axis ? *parameters_[i].default_value : parameters_[i].values[0]);
  }
  return Parameterization(names_, std::move(values));
}

Parameterization SearchSpace::validated(const Parameterization& parameters) const {
  static const std::vector<std::string> none;
  const std::vector<std::string>& known = names_ ? *names_ : none;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters.name(i);
    if (std::ranges::find(known, name) == known.end()) {
      throw ConfigError("there is no parameter " + in_quotes(name) + did_you_mean(name, known) +
                        "; the parameters are " + join(known));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (parameters.name(j) == name) throw ConfigError("parameter " + in_quotes(name) + " is given twice");
    }
  }
  std::vector<Value> values;
  for (const Parameter& parameter : parameters_) {
    if (parameters.contains(parameter.name)) {
      values.push_back(checked_value(parameter, parameters.at(parameter.name)));
    } else if (!is_tuned(parameter)) {
      values.push_back(parameter.values[0]);
    } else {
      throw ConfigError("parameter " + in_quotes(parameter.name) + " has no value; valid is " +
                        valid_values(parameter));
    }
  }
  return Parameterization(names_, std::move(values));
}

Value SearchSpace::parse_value(const Parameter& parameter, const std::string& text) const {
  return checked_value(parameter, text);
}

std::string environment_name(const std::string& parameter) {
  std::string result = "STUNE_" + parameter;
  for (char& c : result) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!kept) c = '_';
  }
  return result;
}

}  // namespace stune
