/// \file What is believed of the outcome once pending trials are taken to turn out as predicted (kriging believer).
#pragma once

#include "generation/box.hpp"
#include "generation/propose.hpp"
#include "model/regression.hpp"

namespace stune::generation {

/// Where so many trials run at once, none waits long and no single one decides.
inline constexpr Eigen::Index many_pending = 32;

struct Beliefs {
  model::Posterior posterior;  ///< of what is measured and what is pending
  double best;                 ///< the highest outcome, measured or believed
  Box box = {};                ///< where the posterior knows all that is known
};

/// `best` is the highest outcome measured. `base` of the measurements were known to the last fit. Where hundreds are
/// pending, the beliefs are about the surroundings of a good point. O(n^2) for each point that is new to `kept`.
Beliefs with_pending(const Domain& domain, const Knowledge& known, const model::Regression& regression,
                     Eigen::Index base, double best, std::uint64_t stream, model::KeptCovariance& kept);

}  // namespace stune::generation
