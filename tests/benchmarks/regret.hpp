/// \file One optimization of one problem, as a user of the generators sees it: ask, tell, and trials that run
/// meanwhile.
#pragma once

#include <cstdint>
#include <string>

#include "problems.hpp"

namespace stune::benchmarks {

struct RunSetup {
  std::uint64_t seed = 1;
  int workers = 1;  ///< trials at a time, asynchronous; they take exponentially distributed times
  int budget = 0;   ///< evaluations; 0: the problem's
  std::string method = "fast";
};

struct Regret {
  double best = 0;               ///< of the best point evaluated, without noise
  double recommended = 0;        ///< of the point that the model holds to be the best; without noise, the same
  double candidate_seconds = 0;  ///< median CPU time of one proposal, from the 11th on
  double total_seconds = 0;      ///< of all proposals
  int evaluations = 0;           ///< fewer than the budget where a finite space is used up
};

Regret optimize(const Problem& problem, const RunSetup& run);

}  // namespace stune::benchmarks
