/// \file The search space: which parameterizations are valid, and how they lie in the unit cube.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "stune/parameter.hpp"

namespace stune {

/// How one tuned parameter's coordinate may look.
struct Axis {
  enum class Kind : std::uint8_t { continuous, grid, categories };
  Kind kind = Kind::continuous;
  Grid grid{};    ///< integers, steps, ordered choices
  int count = 0;  ///< of categories: the codes are 0 .. count-1
};

/// Immutable. Parameters keep the user's order; fixed ones have no coordinate.
class SearchSpace {
 public:
  SearchSpace() = default;
  /// Throws ConfigError naming the parameter, what was found and what is valid: lower >= upper, log with lower <= 0,
  /// step that does not fit, empty or repeated choices, repeated names, names that fall together in the environment or
  /// that stune needs itself, a default that is not valid.
  explicit SearchSpace(std::vector<Parameter> parameters);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const Names& names() const { return names_; }
  /// Tuned parameters = length of a point.
  std::size_t dimension() const { return tuned_.size(); }
  /// Parameter behind coordinate `axis`.
  const Parameter& tuned(std::size_t axis) const { return parameters_[tuned_[axis]]; }
  const std::vector<Axis>& axes() const { return axes_; }
  /// Number of different parameterizations; nothing if infinite or beyond 2^53.
  std::optional<double> size() const;

  /// Coordinates in [0, 1] (codes for categories). `parameters` must be valid. O(d).
  std::vector<double> encode(const Parameterization& parameters) const;
  /// Any point is brought to the nearest valid parameterization: clamped, rounded to steps. encode(decode(p)) is p for
  /// valid points and decode(encode(x)) is x.
  Parameterization decode(std::span<const double> point) const;
  /// The middle of every range and the first category.
  Parameterization center() const;
  /// The users' own settings where every tuned parameter has a default.
  std::optional<Parameterization> defaults() const;
  /// Brings values to the space's order and types (2 -> 2.0, "3" -> 3). Throws ConfigError naming the parameter, what
  /// was found and what is valid.
  Parameterization validated(const Parameterization& parameters) const;
  /// From text, as on a command line. Throws ConfigError.
  Value parse_value(const Parameter& parameter, const std::string& text) const;

  bool operator==(const SearchSpace& other) const { return parameters_ == other.parameters_; }

 private:
  std::vector<Parameter> parameters_;
  Names names_;
  std::vector<std::size_t> tuned_;
  std::vector<Axis> axes_;
};

/// STUNE_<name>, with every character that a shell variable cannot hold turned into '_'.
std::string environment_name(const std::string& parameter);

/// "float(0, 1)", "int(2, 8, log)": the user's way of writing a parameter's kind; parse_parameter reads it back.
std::string describe(const Parameter& parameter);

/// "lr = log(1e-5, 1e-1, default=1e-3)". Kinds: float, log, int, choice, ordered, bool, fixed.
/// Throws ConfigError saying what was found, what is valid, and what was perhaps meant.
Parameter parse_parameter(const std::string& text);

}  // namespace stune
