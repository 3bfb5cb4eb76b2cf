/// \file Where a search for the best proposal begins: points spread over the domain, and points near the best ones
/// known.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "generation/box.hpp"
#include "generation/domain.hpp"
#include "generation/random_numbers.hpp"

namespace stune::generation {

/// `count` scrambled Sobol points of the domain, or of a box in it, as rows.
Eigen::MatrixXd spread_points(const Domain& domain, Eigen::Index count, std::uint64_t seed, const Box& box = {});

/// `count` points near the rows of `centres` (in turn). Each has a reach of its own, 10^U(-3, -0.7), and moves each
/// coordinate with probability min(1, 20/d), at least one: continuous by a normal step, grids by at least one value,
/// categories to another one.
Eigen::MatrixXd local_points(const Domain& domain, const Eigen::MatrixXd& centres, Eigen::Index count,
                             RandomNumbers& random);

/// Indices of `count` values: the largest, and others drawn without replacement with weights exp of the standardized
/// values.
std::vector<Eigen::Index> choose_starts(const Eigen::VectorXd& values, Eigen::Index count, RandomNumbers& random);

}  // namespace stune::generation
