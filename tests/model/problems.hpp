/// \file Random data sets for tests of the model; everything follows from the seed.
#pragma once

#include <Eigen/Core>
#include <random>
#include <vector>

#include "model/feature_map.hpp"
#include "model/likelihood.hpp"

namespace stune::model::testing {

/// Points in the space of `categories`: numeric coordinates in [0, 1], codes elsewhere.
inline Eigen::MatrixXd random_points(Eigen::Index n, const std::vector<int>& categories, std::mt19937& random) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Eigen::MatrixXd X(n, static_cast<Eigen::Index>(categories.size()));
  for (Eigen::Index j = 0; j < X.cols(); ++j) {
    const int codes = categories[static_cast<std::size_t>(j)];
    for (Eigen::Index i = 0; i < n; ++i) X(i, j) = codes > 0 ? std::floor(uniform(random) * codes) : uniform(random);
  }
  return X;
}

/// A smooth function of the points plus a little noise.
inline Observations random_observations(Eigen::Index n, const std::vector<int>& categories, std::mt19937& random) {
  std::normal_distribution<double> normal;
  Observations data{random_points(n, categories, random), Eigen::VectorXd(n), {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    data.y(i) = std::sin(3.0 * data.X.row(i).sum()) + data.X(i, 0) + 0.05 * normal(random);
  }
  return data;
}

inline Hyperparameters some_hyperparameters(Eigen::Index d) {
  Hyperparameters theta;
  theta.lengthscales = Eigen::VectorXd::LinSpaced(d, 0.4, 1.3);
  theta.output_scale = 1.7;
  theta.noise = 0.01;
  theta.mean = 0.2;
  return theta;
}

/// Covariance matrix of two sets of points, entry by entry from the definition.
inline Eigen::MatrixXd naive_covariance(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B,
                                        const std::vector<int>& categories, const Hyperparameters& theta) {
  Eigen::MatrixXd K(A.rows(), B.rows());
  for (Eigen::Index i = 0; i < A.rows(); ++i) {
    for (Eigen::Index k = 0; k < B.rows(); ++k) {
      double r2 = 0.0;
      for (Eigen::Index j = 0; j < A.cols(); ++j) {
        const bool categorical = categories[static_cast<std::size_t>(j)] > 0;
        const double distance = categorical ? (A(i, j) == B(k, j) ? 0.0 : 1.0) : A(i, j) - B(k, j);
        r2 += distance * distance / (theta.lengthscales(j) * theta.lengthscales(j));
      }
      const double a = std::sqrt(5.0 * r2);
      K(i, k) = theta.output_scale * (1.0 + a + a * a / 3.0) * std::exp(-a);
    }
  }
  return K;
}

}  // namespace stune::model::testing
