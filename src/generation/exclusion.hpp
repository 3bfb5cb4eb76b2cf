/// \file Points that must not be proposed again, because the answer would be the same.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <unordered_set>

#include "generation/domain.hpp"

namespace stune::generation {

/// The domain must outlive it. In a discrete domain of countable size a lookup is O(1), else O(points).
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
  Eigen::MatrixXd points_;
  std::unordered_set<std::int64_t> indices_;
  std::int64_t count_ = 0;  // of the domain; 0: not countable
};

}  // namespace stune::generation
