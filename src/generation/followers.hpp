/// \file The points to try after the first one: one model serves several trials where many run at a time.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "generation/acquisition.hpp"

namespace stune::generation {

/// Up to `count` rows of `pool`, one after the other the most promising once the ones before (the first of all is
/// `first`) are believed to turn out as predicted, with the noise (a variance) of a measurement. Rows equal to one of
/// those are left out.
/// O(n^2 m + m^2 (D + count)) for m rows.
std::vector<Eigen::Index> followers(LogExpectedImprovement acquisition, const Eigen::VectorXd& first,
                                    const Eigen::MatrixXd& pool, double noise, Eigen::Index count);

}  // namespace stune::generation
