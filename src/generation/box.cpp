#include "generation/box.hpp"

#include <algorithm>

namespace stune::generation {

bool allows(const Box& box, const Domain& domain, Eigen::Index j, double x) {
  return box.is_everything() || domain[j].is_categorical() || (box.lower(j) <= x && x <= box.upper(j));
}

Eigen::VectorXd clamped(const Eigen::VectorXd& point, const Domain& domain, const Box& box) {
  if (box.is_everything()) return point;
  Eigen::VectorXd result = point;
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    if (!domain[j].is_categorical()) result(j) = domain[j].snap(std::clamp(point(j), box.lower(j), box.upper(j)));
  }
  return result;
}

}  // namespace stune::generation
