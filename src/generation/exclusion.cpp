#include "generation/exclusion.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace stune::generation {

namespace {

constexpr double coinciding = 1e-9;  // of the width of the space

// No two weights are equal, nor is one a simple multiple of another.
Eigen::VectorXd generic_direction(Eigen::Index d) {
  Eigen::VectorXd weights(d);
  for (Eigen::Index j = 0; j < d; ++j) weights(j) = 1.0 + std::abs(std::sin(static_cast<double>(j + 1)));
  return weights;
}

}  // namespace

Exclusion::Exclusion(const Domain& domain, const Eigen::MatrixXd& points)
    : domain_(&domain), direction_(generic_direction(domain.size())), count_(domain.count().value_or(0)) {
  if (count_ == 0) points_.resize(domain.size(), points.rows());
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    const Eigen::VectorXd point = domain.snap(points.row(i).transpose());
    if (count_ > 0) {
      indices_.insert(domain.index_of(point));
    } else {
      points_.col(i) = point;
      along_.emplace_back(direction_.dot(point), i);
    }
  }
  std::ranges::sort(along_);
}

bool Exclusion::contains(const Eigen::VectorXd& point) const {
  if (count_ > 0) return indices_.contains(domain_->index_of(point));
  const double place = direction_.dot(point), reach = 1.001 * coinciding * direction_.sum();
  const auto first = std::ranges::lower_bound(along_, place - reach, {}, &std::pair<double, Eigen::Index>::first);
  for (auto it = first; it != along_.end() && it->first <= place + reach; ++it) {
    if ((points_.col(it->second) - point).cwiseAbs().maxCoeff() <= coinciding) return true;
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
