/// \file Improves many points at once: each climbs on its own, all are evaluated together.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "generation/acquisition.hpp"
#include "generation/box.hpp"
#include "generation/domain.hpp"

namespace stune::generation {

/// Points (rows) and their values.
struct Population {
  Eigen::MatrixXd points;
  Eigen::VectorXd values;
};

struct LocalSearchOptions {
  int max_iterations = 200;          ///< of a climb
  double gradient_tolerance = 1e-4;  ///< in coordinates divided by lengthscales
  int max_rounds = 16;               ///< climbs alternating with moves of discrete coordinates
  Eigen::Index max_moves = 100'000;  ///< in all: the best members move first
  Box box = {};                      ///< climbs and moves stay inside
};

/// Raises members to points where neither a continuous step nor a change of one discrete coordinate helps (or
/// max_rounds or max_moves are used up). In a mixed domain members far below the best, or that meet another, are not
/// raised further after their first climb. Fine grids take part in the climb and are rounded, then searched for a
/// better neighbour. Values never fall; points stay in the domain.
void improve(Population& population, const LogExpectedImprovement& acquisition, const Domain& domain,
             const LocalSearchOptions& options);

}  // namespace stune::generation
