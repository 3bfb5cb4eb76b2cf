/// \file How points of the encoded space become features whose Euclidean distance is the model's distance.
/// A numeric dimension is one feature (its unit value, centred). A categorical dimension with m codes is m features
/// (one-hot times sqrt(1/2)), so that the squared distance of two different codes is 1 and of equal codes 0: Hamming
/// distance by the same GEMM.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace stune::model {

/// Immutable. Points are rows; a categorical coordinate holds its code 0, 1, 2, ...
class FeatureMap {
 public:
  /// `categories[j]` is 0 for a numeric dimension, else the number of codes of a categorical one.
  explicit FeatureMap(std::vector<int> categories);

  Eigen::Index dimensions() const { return static_cast<Eigen::Index>(categories_.size()); }
  Eigen::Index features() const { return features_; }
  bool is_categorical(Eigen::Index dimension) const { return categories_[static_cast<std::size_t>(dimension)] > 0; }
  /// First feature of a dimension; for a numeric dimension its only one.
  Eigen::Index first_feature(Eigen::Index dimension) const { return first_[static_cast<std::size_t>(dimension)]; }

  /// Features of the points X (n x d), each multiplied by 1/lengthscale of its dimension: n x features().
  Eigen::MatrixXd scaled(const Eigen::MatrixXd& X, const Eigen::VectorXd& lengthscales) const;
  /// Features without lengthscales: n x features().
  Eigen::MatrixXd raw(const Eigen::MatrixXd& X) const;
  /// One weight per feature: 1/lengthscale of the dimension it belongs to.
  Eigen::VectorXd weights(const Eigen::VectorXd& lengthscales) const;
  /// Sums a value per feature into a value per dimension.
  Eigen::VectorXd fold(const Eigen::VectorXd& per_feature) const;

 private:
  std::vector<int> categories_;
  std::vector<Eigen::Index> first_;
  Eigen::Index features_ = 0;
};

}  // namespace stune::model
