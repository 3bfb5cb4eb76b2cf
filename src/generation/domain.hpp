/// \file Where proposals may lie, in numbers only. A point has one coordinate per parameter:
///     continuous    any number in [0, 1]
///     grid          one of m unit values (integers, steps, ordered choices), modelled at that value
///     categorical   a code 0, 1, .. m-1
/// How a parameter's own values become such coordinates is the search space's business.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/grid.hpp"

namespace stune::generation {

/// One coordinate.
class Dimension {
 public:
  static Dimension continuous() { return Dimension(); }
  /// m >= 1 unit values k / (m - 1); the only one of m = 1 is 0.5.
  static Dimension grid(std::int64_t m) { return grid(Grid{m}); }
  /// At least one value.
  static Dimension grid(Grid values);
  /// m >= 1 codes.
  static Dimension categorical(int m);

  bool is_continuous() const { return grid_.count == 0; }
  bool is_categorical() const { return categorical_; }
  /// Number of values; 0 for continuous.
  std::int64_t size() const { return grid_.count; }
  /// Coordinate of value i, 0 <= i < size(); increasing in i.
  double value(std::int64_t i) const;
  /// Index of the value nearest to a coordinate; not for continuous.
  std::int64_t nearest(double coordinate) const;
  /// Nearest allowed coordinate.
  double snap(double coordinate) const;
  /// Coordinate of u in [0, 1): every value with the same share, on a logarithmic grid with its share of the logarithm.
  double from_uniform(double u) const;

 private:
  Grid grid_;  // of a categorical dimension: the count of its codes
  bool categorical_ = false;
};

/// All coordinates together.
struct Domain {
  std::vector<Dimension> dimensions;

  Eigen::Index size() const { return static_cast<Eigen::Index>(dimensions.size()); }
  const Dimension& operator[](Eigen::Index j) const { return dimensions[static_cast<std::size_t>(j)]; }
  /// No continuous dimension: finitely many points.
  bool is_discrete() const;
  /// Number of points if the domain is discrete and they are fewer than 2^62.
  std::optional<std::int64_t> count() const;
  /// Point number i of count(), and back.
  Eigen::VectorXd point(std::int64_t i) const;
  std::int64_t index_of(const Eigen::VectorXd& point) const;
  /// The nearest allowed point.
  Eigen::VectorXd snap(const Eigen::VectorXd& point) const;
  /// Is every coordinate exactly an allowed one?
  bool contains(const Eigen::VectorXd& point) const;
  /// Unit-cube points (rows) to points of the domain.
  Eigen::MatrixXd from_uniform(const Eigen::MatrixXd& U) const;
  /// The middle: 0.5, the value of a grid nearest to it, code 0.
  Eigen::VectorXd centre() const;
  /// For model::FeatureMap: number of codes of each categorical dimension, 0 for the others.
  std::vector<int> categories() const;
};

}  // namespace stune::generation
