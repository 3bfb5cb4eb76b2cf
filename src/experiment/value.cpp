#include "stune/value.hpp"

#include <algorithm>
#include <cassert>

#include "base/text.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

[[noreturn]] void refuse_type(std::string_view name, const Value& value, const char* wanted) {
  static constexpr const char* types[] = {"a bool", "an int", "a float", "text"};
  throw ConfigError("parameter " + in_quotes(name) + " is " + types[value.index()] + " (" + to_string(value) +
                    "), not " + wanted);
}

}  // namespace

std::string to_string(const Value& value) {
  switch (value.index()) {
    case 0:
      return std::get<bool>(value) ? "true" : "false";
    case 1:
      return std::to_string(std::get<std::int64_t>(value));
    case 2:
      return format_number(std::get<double>(value));
    default:
      return std::get<std::string>(value);
  }
}

double to_number(const Value& value) {
  switch (value.index()) {
    case 0:
      return std::get<bool>(value) ? 1.0 : 0.0;
    case 1:
      return static_cast<double>(std::get<std::int64_t>(value));
    case 2:
      return std::get<double>(value);
    default:
      throw ConfigError("the text " + in_quotes(std::get<std::string>(value)) + " is not a number");
  }
}

Parameterization::Parameterization(Names names, std::vector<Value> values)
    : names_(std::move(names)), values_(std::move(values)) {
  assert((names_ ? names_->size() : 0) == values_.size());
}

Parameterization::Parameterization(std::initializer_list<std::pair<std::string, Value>> entries) {
  std::vector<std::string> names;
  for (const auto& [name, value] : entries) {
    names.push_back(name);
    values_.push_back(value);
  }
  names_ = std::make_shared<const std::vector<std::string>>(std::move(names));
}

bool Parameterization::contains(std::string_view name) const {
  return names_ && std::ranges::find(*names_, name) != names_->end();
}

const Value& Parameterization::at(std::string_view name) const {
  static const std::vector<std::string> none;
  const std::vector<std::string>& names = names_ ? *names_ : none;
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return values_[static_cast<std::size_t>(found - names.begin())];
  throw ConfigError("there is no parameter " + in_quotes(name) + did_you_mean(name, names) +
                    (names.empty() ? "; there are none" : "; the parameters are " + join(names)));
}

double Parameterization::number(std::string_view name) const {
  const Value& value = at(name);
  if (value.index() != 1 && value.index() != 2) refuse_type(name, value, "a number");
  return to_number(value);
}

std::int64_t Parameterization::integer(std::string_view name) const {
  const Value& value = at(name);
  if (const auto* found = std::get_if<std::int64_t>(&value)) return *found;
  refuse_type(name, value, "an int");
}

bool Parameterization::flag(std::string_view name) const {
  const Value& value = at(name);
  if (const auto* found = std::get_if<bool>(&value)) return *found;
  refuse_type(name, value, "a bool");
}

const std::string& Parameterization::text(std::string_view name) const {
  const Value& value = at(name);
  if (const auto* found = std::get_if<std::string>(&value)) return *found;
  refuse_type(name, value, "text");
}

bool Parameterization::operator==(const Parameterization& other) const {
  if (values_ != other.values_) return false;
  return names_ == other.names_ || values_.empty() || *names_ == *other.names_;
}

std::string to_string(const Parameterization& parameters) {
  std::string result;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) result += ' ';
    result += parameters.name(i) + '=' + to_string(parameters.value(i));
  }
  return result;
}

}  // namespace stune
