/// \file What a model of a bounded number of points is made from when there are more: the surroundings of one of the
/// best points, and the box they fill. There the model knows all that is known, so its doubts are real; and as trials
/// gather around a good point, the box around it shrinks. Compare: trust regions, Eriksson et al. (2019), arXiv
/// 1910.01739.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "generation/domain.hpp"
#include "generation/propose.hpp"

namespace stune::generation {

struct Neighbourhood {
  Knowledge known;  ///< of the surroundings only; a measurement of the warm start's fit is no longer marked as such
  Eigen::VectorXd lower, upper;  ///< the box; 0 and 1 for categorical coordinates
};

/// At most `measured` measurements and as many pending points around a centre that is drawn from the best by `stream`.
/// At least one outcome is finite. O(n d).
Neighbourhood neighbourhood(const Domain& domain, const Knowledge& known, Eigen::Index measured, std::uint64_t stream);

}  // namespace stune::generation
