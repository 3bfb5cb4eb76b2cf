#include "model/cholesky.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <limits>
#include <random>

namespace stune::model {
namespace {

Eigen::MatrixXd random_positive_definite(Eigen::Index n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd A(n, n);
  for (double& a : A.reshaped()) a = normal(random);
  return A * A.transpose() + static_cast<double>(n) * Eigen::MatrixXd::Identity(n, n);
}

TEST(Cholesky, InverseByFactorsAgreesWithLuAtEverySizeOfTheRecursion) {
  for (const Eigen::Index n : {1, 2, 23, 24, 25, 49, 100, 131}) {
    const Eigen::MatrixXd K = random_positive_definite(n, 1);

    const Factor factor = factorize(K).value();
    const Eigen::MatrixXd inverse = inverse_of_lower(factor.L);
    const Eigen::MatrixXd product = transposed_times_itself(inverse);

    EXPECT_EQ(factor.jitter, 0.0);
    EXPECT_TRUE(inverse.isLowerTriangular(0.0));
    EXPECT_LT((factor.L * factor.L.transpose() - K).cwiseAbs().maxCoeff(), 1e-11 * K.maxCoeff());
    const Eigen::MatrixXd whole = product.selfadjointView<Eigen::Lower>();
    EXPECT_LT((whole - K.inverse()).cwiseAbs().maxCoeff(), 1e-12) << n;
  }
}

TEST(Cholesky, ASingularMatrixIsHelpedAndSaysHowMuch) {
  const auto factor = factorize(Eigen::MatrixXd::Ones(5, 5));

  ASSERT_TRUE(factor);
  EXPECT_LE(factor->jitter, 1e-8);
}

TEST(Cholesky, WhatCannotBeHelpedIsRefused) {
  Eigen::MatrixXd with_nan = Eigen::MatrixXd::Identity(3, 3);
  with_nan(2, 0) = std::numeric_limits<double>::quiet_NaN();

  EXPECT_FALSE(factorize(-Eigen::MatrixXd::Identity(3, 3)));
  EXPECT_FALSE(factorize(with_nan));
}

}  // namespace
}  // namespace stune::model
