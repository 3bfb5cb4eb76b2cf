/// \file Points that must not be proposed again, because the answer would be the same.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include "generation/domain.hpp"

namespace stune::generation {

/// The domain must outlive it. O(n (d + log n)) to make; a lookup is O(1) in a discrete domain of countable size, else
/// O(d + log n) where few points coincide.
class Exclusion {
 public:
  /// Points are rows; those outside the domain exclude what they snap to.
  Exclusion(const Domain& domain, const Eigen::MatrixXd& points);

  /// Equal in every discrete coordinate and within 1e-9 in every continuous one.
  bool contains(const Eigen::VectorXd& point) const;
  /// Different points of a domain with a count().
  std::int64_t size() const { return static_cast<std::int64_t>(indices_.size()); }
  /// No point of the domain is left.
  bool is_everything() const;
  /// The first point by index that is left; only for a domain with a count(), of which not everything is excluded.
  Eigen::VectorXd first_left() const;

 private:
  const Domain* domain_;
  Eigen::VectorXd direction_;                           // a coordinate along it, which tells nearly all points apart
  Eigen::MatrixXd points_;                              // columns
  std::vector<std::pair<double, Eigen::Index>> along_;  // ascending
  std::unordered_set<std::int64_t> indices_;
  std::int64_t count_ = 0;  // of the domain; 0: not countable
};

}  // namespace stune::generation
