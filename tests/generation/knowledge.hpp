/// \file What a proposal is made from, learnt outcome by outcome.
#pragma once

#include "generation/propose.hpp"

namespace stune::generation {

inline Knowledge nothing(const Domain& domain) {
  return {{Eigen::MatrixXd(0, domain.size()), Eigen::VectorXd(0), {}}, Eigen::MatrixXd(0, domain.size())};
}

inline void learn(Knowledge& known, const Eigen::VectorXd& point, double y) {
  const Eigen::Index n = known.measured.y.size();
  known.measured.X.conservativeResize(n + 1, point.size());
  known.measured.X.row(n) = point.transpose();
  known.measured.y.conservativeResize(n + 1);
  known.measured.y(n) = y;
}

}  // namespace stune::generation
