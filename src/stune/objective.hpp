/// \file What is wanted: one metric to minimize or maximize, with room for constraints and several objectives.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stune {

struct Objective {
  std::string metric{};
  bool minimize = true;

  bool operator==(const Objective&) const = default;
};

/// metric >= bound, or metric <= bound; relative bounds are factors of the baseline's value.
struct OutcomeConstraint {
  std::string metric{};
  bool at_least = false;
  double bound = 0.0;
  bool relative = false;

  bool operator==(const OutcomeConstraint&) const = default;
};

struct OptimizationConfig {
  std::vector<Objective> objectives{};           ///< exactly one is supported
  std::vector<OutcomeConstraint> constraints{};  ///< none is supported

  bool operator==(const OptimizationConfig&) const = default;
};

/// The tutorial's strings: "loss" maximizes, "-loss" minimizes; "a, -b" are two objectives.
/// Throws ConfigError quoting what cannot be read; what is read but not supported says so ("not supported yet").
OptimizationConfig parse_optimization(std::string_view objective,
                                      const std::vector<std::string>& outcome_constraints = {});

}  // namespace stune
