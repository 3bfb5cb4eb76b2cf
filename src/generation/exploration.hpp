/// \file Points chosen for what is not known of them, not for what is expected: guards against a local maximum that has
/// been climbed to its top. They are where the outcome may be highest if the model is wrong about what it has not seen.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>

#include "generation/box.hpp"
#include "generation/domain.hpp"
#include "generation/exclusion.hpp"
#include "model/posterior.hpp"

namespace stune::generation {

/// Anywhere in the box; outside it is ignorance of what is known. Empty when that point is excluded. Costs 512 values.
std::optional<Eigen::VectorXd> unexplored(const Domain& domain, const model::Posterior& posterior, const Box& box,
                                          const Exclusion* excluded, std::uint64_t stream);

/// Where one coordinate is not that of `centre`, moved into the box: another category, or a number further away than
/// its lengthscale. In many dimensions the surroundings of a good point are better than the wide empty space; and where
/// coordinates act nearly on their own, each can be put right by itself. Empty when no such point is in the box and
/// allowed. Costs 32 values per dimension.
std::optional<Eigen::VectorXd> unexplored_along_an_axis(const Domain& domain, const model::Posterior& posterior,
                                                        const Eigen::VectorXd& centre, const Box& box,
                                                        const Exclusion* excluded, std::uint64_t stream);

}  // namespace stune::generation
