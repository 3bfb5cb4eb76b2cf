/// \file What a model of a bounded number of points is made from when there are more: the surroundings of one of the
/// best points, and the box they fill. There the model knows all that is known, so its doubts are real; and as trials
/// gather around a good point, the box around it shrinks. Compare: trust regions, Eriksson et al. (2019), arXiv
/// 1910.01739.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "generation/box.hpp"
#include "generation/domain.hpp"
#include "generation/propose.hpp"

namespace stune::generation {

struct Neighbourhood {
  std::vector<Eigen::Index> measured, pending;  ///< rows of the knowledge, increasing
  Box box;
};

/// At most so many measurements and pending points around a centre that is drawn from the best by `stream`: with noise,
/// the best by an average over their surroundings. The box is never narrower than a fiftieth of the domain. At least
/// one outcome is finite. O(n d).
Neighbourhood neighbourhood(const Domain& domain, const Knowledge& known, const model::Hyperparameters& theta,
                            Eigen::Index measured, Eigen::Index pending, std::uint64_t stream);

/// Everywhere: a quarter of the best, and some of all others that `stream` chooses; the last of those pending.
Neighbourhood overview(const Knowledge& known, Eigen::Index measured, Eigen::Index pending, std::uint64_t stream);

/// What is known there. No measurement is marked as known to the last fit.
Knowledge part(const Knowledge& known, const Neighbourhood& where);

}  // namespace stune::generation
