#include "model/feature_map.hpp"

#include <cassert>
#include <cmath>
#include <utility>

namespace stune::model {

FeatureMap::FeatureMap(std::vector<int> categories) : categories_(std::move(categories)) {
  for (const int codes : categories_) {
    first_.push_back(features_);
    features_ += codes > 0 ? codes : 1;
  }
}

Eigen::MatrixXd FeatureMap::raw(const Eigen::MatrixXd& X) const {
  assert(X.cols() == dimensions());
  static const double half_distance = std::sqrt(0.5);
  Eigen::MatrixXd F = Eigen::MatrixXd::Zero(X.rows(), features_);
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    const Eigen::Index first = first_feature(j);
    if (!is_categorical(j)) {
      F.col(first) = X.col(j).array() - 0.5;
      continue;
    }
    for (Eigen::Index i = 0; i < X.rows(); ++i) {
      const auto code = static_cast<Eigen::Index>(std::lround(X(i, j)));
      assert(code >= 0 && code < categories_[static_cast<std::size_t>(j)]);
      F(i, first + code) = half_distance;
    }
  }
  return F;
}

Eigen::MatrixXd FeatureMap::scaled(const Eigen::MatrixXd& X, const Eigen::VectorXd& lengthscales) const {
  return raw(X) * weights(lengthscales).asDiagonal();
}

Eigen::VectorXd FeatureMap::weights(const Eigen::VectorXd& lengthscales) const {
  assert(lengthscales.size() == dimensions());
  Eigen::VectorXd result(features_);
  for (Eigen::Index j = 0; j < dimensions(); ++j) {
    const Eigen::Index end = j + 1 < dimensions() ? first_feature(j + 1) : features_;
    result.segment(first_feature(j), end - first_feature(j)).setConstant(1.0 / lengthscales(j));
  }
  return result;
}

Eigen::VectorXd FeatureMap::fold(const Eigen::VectorXd& per_feature) const {
  Eigen::VectorXd result(dimensions());
  for (Eigen::Index j = 0; j < dimensions(); ++j) {
    const Eigen::Index end = j + 1 < dimensions() ? first_feature(j + 1) : features_;
    result(j) = per_feature.segment(first_feature(j), end - first_feature(j)).sum();
  }
  return result;
}

}  // namespace stune::model
