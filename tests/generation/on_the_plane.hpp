/// \file The smallest domain that is one, and a function that has its top inside.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "generation/domain.hpp"

namespace stune::generation {

inline const Domain plane{std::vector<Dimension>(2)};

/// Highest at 0.3 in every coordinate, however many there are.
inline double hill(const Eigen::VectorXd& x) { return -(x.array() - 0.3).square().sum(); }

}  // namespace stune::generation
