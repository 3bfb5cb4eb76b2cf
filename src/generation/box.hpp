/// \file A part of the domain that a search stays in.
#pragma once

#include <Eigen/Core>

#include "generation/domain.hpp"

namespace stune::generation {

/// Where numeric coordinates may go, 0 and 1 for categorical ones; empty: everywhere.
struct Box {
  Eigen::VectorXd lower, upper;

  bool is_everything() const { return lower.size() == 0; }
};

/// May coordinate j be x? Every category may.
bool allows(const Box& box, const Domain& domain, Eigen::Index j, double x);

/// `point` with its numeric coordinates moved into the box.
Eigen::VectorXd clamped(const Eigen::VectorXd& point, const Domain& domain, const Box& box);

}  // namespace stune::generation
