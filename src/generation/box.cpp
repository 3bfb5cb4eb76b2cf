#include "generation/box.hpp"

#include <algorithm>

namespace stune::generation {

Eigen::VectorXd clamped(const Eigen::VectorXd& point, const Domain& domain, const Box& box) {
  if (box.is_everything()) return point;
  Eigen::VectorXd result = point;
  for (Eigen::Index j = 0; j < domain.size(); ++j) {
    if (!domain[j].is_categorical()) result(j) = domain[j].snap(std::clamp(point(j), box.lower(j), box.upper(j)));
  }
  return result;
}

}  // namespace stune::generation
