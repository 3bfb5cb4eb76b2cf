/// \file The values parameters take, and a parameterization: one value for each parameter.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stune {

/// The order of the alternatives is part of the journal's format.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// As a trial sees it: floats in the shortest form that reads back the same, ints as ints, bool as true/false,
/// text as it is (never quoted).
std::string to_string(const Value& value);

/// The value as a number: bool as 0/1. Throws ConfigError for text.
double to_number(const Value& value);

/// Names in the order of the search space, shared by all trials of an experiment.
using Names = std::shared_ptr<const std::vector<std::string>>;

/// One value for each parameter, in the order of the search space. A cheap value type: the names are shared.
class Parameterization {
 public:
  Parameterization() = default;
  /// `names` and `values` have the same size.
  Parameterization(Names names, std::vector<Value> values);
  /// For users: Parameterization{{"lr", 0.1}, {"layers", std::int64_t{3}}}
  Parameterization(std::initializer_list<std::pair<std::string, Value>> entries);

  std::size_t size() const { return values_.size(); }
  const std::string& name(std::size_t i) const { return (*names_)[i]; }
  const Value& value(std::size_t i) const { return values_[i]; }
  const std::vector<Value>& values() const { return values_; }

  bool contains(std::string_view name) const;
  /// Throw ConfigError naming the known parameters if `name` is unknown or of another type. O(size).
  const Value& at(std::string_view name) const;
  double number(std::string_view name) const;         ///< float or int
  std::int64_t integer(std::string_view name) const;  ///< int only
  bool flag(std::string_view name) const;             ///< bool only
  const std::string& text(std::string_view name) const;

  /// Same names in the same order, same values.
  bool operator==(const Parameterization& other) const;

 private:
  Names names_;
  std::vector<Value> values_;
};

/// "lr=0.1 layers=3", for people.
std::string to_string(const Parameterization& parameters);

}  // namespace stune
