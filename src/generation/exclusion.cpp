#include "generation/exclusion.hpp"

#include <cassert>

namespace stune::generation {

Exclusion::Exclusion(const Domain& domain, const Eigen::MatrixXd& points)
    : domain_(&domain), points_(points), count_(domain.count().value_or(0)) {
  for (Eigen::Index i = 0; i < points_.rows(); ++i) {
    points_.row(i) = domain.snap(points_.row(i).transpose()).transpose();
    if (count_ > 0) indices_.insert(domain.index_of(points_.row(i).transpose()));
  }
}

bool Exclusion::contains(const Eigen::VectorXd& point) const {
  if (count_ > 0) return indices_.contains(domain_->index_of(point));
  for (Eigen::Index i = 0; i < points_.rows(); ++i) {
    if ((points_.row(i).transpose() - point).cwiseAbs().maxCoeff() <= 1e-9) return true;
  }
  return false;
}

bool Exclusion::is_everything() const { return count_ > 0 && static_cast<std::int64_t>(indices_.size()) >= count_; }

Eigen::VectorXd Exclusion::first_left() const {
  assert(count_ > 0 && !is_everything());
  std::int64_t i = 0;
  while (indices_.contains(i)) ++i;
  return domain_->point(i);
}

}  // namespace stune::generation
