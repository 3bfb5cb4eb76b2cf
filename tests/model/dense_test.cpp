// The functions for this CPU agree with Eigen's, whatever the instruction set.
#include "model/dense.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <cstdlib>

namespace stune::model {
namespace {

Eigen::MatrixXd some(Eigen::Index rows, Eigen::Index columns) {
  Eigen::MatrixXd A(rows, columns);
  for (Eigen::Index j = 0; j < columns; ++j) {
    for (Eigen::Index i = 0; i < rows; ++i) A(i, j) = std::sin(1.7 * static_cast<double>(i) + 0.3 * double(j * j));
  }
  return A;
}

Eigen::MatrixXd lower(Eigen::Index n) {
  Eigen::MatrixXd L = some(n, n);
  L.diagonal().array() += 3.0 + 0.1 * static_cast<double>(n);
  return L;
}

class Dense : public ::testing::TestWithParam<Eigen::Index> {};
INSTANTIATE_TEST_SUITE_P(Sizes, Dense, ::testing::Values(1, 2, 7, 24, 25, 130, 300));

TEST_P(Dense, SolvesAndMultipliesByTheLowerTriangleOnly) {
  const Eigen::Index n = GetParam();
  const Eigen::MatrixXd L = lower(n);
  const Eigen::MatrixXd B = some(n, 5);

  for (const Eigen::Index columns : {Eigen::Index{1}, Eigen::Index{5}}) {
    const Eigen::MatrixXd right = B.leftCols(columns);
    for (const bool transposed : {false, true}) {
      const Eigen::MatrixXd triangle = L.triangularView<Eigen::Lower>();
      const Eigen::MatrixXd op = transposed ? Eigen::MatrixXd(triangle.transpose()) : triangle;
      Eigen::MatrixXd product(n, columns);
      dense().lower_times(L.data(), n, n, right.data(), columns, transposed, product.data());
      EXPECT_LT((product - op * right).cwiseAbs().maxCoeff(), 1e-11);
      dense().lower_solve(L.data(), n, n, product.data(), columns, transposed);
      EXPECT_LT((product - right).cwiseAbs().maxCoeff(), 1e-10);
    }
  }
}

TEST_P(Dense, WorksInsideALargerMatrix) {
  const Eigen::Index n = GetParam();
  const Eigen::MatrixXd large = lower(n + 3);
  const Eigen::MatrixXd L = large.topLeftCorner(n, n);
  Eigen::MatrixXd inside = some(n, 4), apart = inside;

  dense().lower_solve(large.data(), n + 3, n, inside.data(), 4, false);
  dense().lower_solve(L.data(), n, n, apart.data(), 4, false);

  EXPECT_EQ(inside, apart);
}

TEST_P(Dense, MaternIsTheFormulaAndItsSlope) {
  const Eigen::Index n = GetParam();
  const Eigen::MatrixXd A = some(n, 3), B = some(4, 3);
  Eigen::MatrixXd k(n, 4), dk(n, 4);

  dense().matern(A.data(), n, B.data(), 4, 3, 2.5, k.data(), dk.data());

  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < 4; ++j) {
      const double a = std::sqrt(5.0) * (A.row(i) - B.row(j)).norm();
      EXPECT_NEAR(k(i, j), 2.5 * (1.0 + a + a * a / 3.0) * std::exp(-a), 1e-6 * std::exp(-a) + 1e-13);
      EXPECT_NEAR(dk(i, j), -2.5 * 5.0 / 6.0 * (1.0 + a) * std::exp(-a), 1e-6 * std::exp(-a) + 1e-13);
    }
  }
}

TEST_P(Dense, SymmetricAndTransposedProducts) {
  const Eigen::Index n = GetParam();
  const Eigen::MatrixXd S = lower(n), A = some(n, 3), B = some(n, 2);
  Eigen::MatrixXd product(n, 3);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Ones(5, 2);

  dense().symmetric_times(S.data(), n, A.data(), 3, product.data());
  dense().add_transposed_product(2.0, A.data(), 3, B.data(), 2, n, sum.data(), 5);

  const Eigen::MatrixXd whole = S.selfadjointView<Eigen::Lower>();
  EXPECT_LT((product - whole * A).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((sum.topRows(3) - Eigen::MatrixXd::Ones(3, 2) - 2.0 * A.transpose() * B).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_EQ(sum.bottomRows(2), Eigen::MatrixXd::Ones(2, 2));
}

TEST(Dense, IsTheBaselineWhereThatIsAskedFor) {
  const char* const wish = std::getenv("STUNE_ISA");
  if (wish == nullptr) GTEST_SKIP() << "nothing is asked for";
  EXPECT_STREQ(dense().name, wish);
}

TEST(Dense, RefusesWhatIsNotPositiveDefinite) {
  Eigen::MatrixXd K = Eigen::MatrixXd::Identity(30, 30);
  K(29, 29) = -1.0;

  EXPECT_FALSE(dense().cholesky(K.data(), 30));
}

}  // namespace
}  // namespace stune::model
