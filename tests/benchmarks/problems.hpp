/// \file What optimizers are compared on: search space, budget and lowest value of each problem. The only place that
/// says it, for this program's optimizer and for its peers.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "formulas.hpp"
#include "stune/parameter.hpp"

namespace stune::benchmarks {

inline constexpr double no_gate = std::numeric_limits<double>::infinity();

/// To be minimized. A point has one number per parameter; for a choice, the index of the value.
struct Problem {
  std::string name;
  std::vector<Parameter> parameters;
  std::function<double(Point)> value;
  std::vector<double> minimizer;  ///< one of them
  int budget = 0;                 ///< evaluations
  double gate = no_gate;          ///< the median regret after `budget` evaluations is to be below
  double noise = 0;               ///< standard deviation of what is added to a value before it is told
  bool held_out = false;          ///< not used when the optimizer was designed

  double optimum() const { return value(minimizer); }
};

/// Bounds are not symmetric about the minimizer: an optimizer that begins with the centre must not win by that.
const std::vector<Problem>& problems();

/// Throws std::invalid_argument with all names.
const Problem& problem(std::string_view name);

/// What an optimizer is told: the value, and the problem's noise, equal for equal seed and evaluation.
double observe(const Problem& problem, Point x, std::uint64_t seed, int evaluation);

/// The point behind a parameterization.
std::vector<double> numbers(const Problem& problem, const Parameterization& parameters);

/// And back.
Parameterization parameterization(const Problem& problem, Point x);

}  // namespace stune::benchmarks
