#include "generation/sobol.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stune::generation {
namespace {

TEST(ScrambledSobol, APointIsTheSameWhereverCountingStarts) {
  const ScrambledSobol sobol(5, 7);

  const Eigen::MatrixXd all = sobol.points(0, 300);

  EXPECT_EQ(sobol.points(17, 1).row(0), all.row(17));
  EXPECT_EQ(sobol.points(255, 3), all.middleRows(255, 3));
  EXPECT_EQ(ScrambledSobol(5, 7).points(0, 300), all);
}

TEST(ScrambledSobol, ADimensionDoesNotDependOnHowManyThereAre) {
  EXPECT_EQ(ScrambledSobol(3, 7).points(0, 64), ScrambledSobol(40, 7).points(0, 64).leftCols(3));
}

TEST(ScrambledSobol, SeedsGiveDifferentPoints) {
  EXPECT_GT((ScrambledSobol(4, 1).points(0, 8) - ScrambledSobol(4, 2).points(0, 8)).cwiseAbs().minCoeff(), 0.0);
}

TEST(ScrambledSobol, EveryAlignedBlockOf256FillsEachSliceOnce) {
  const Eigen::MatrixXd P = ScrambledSobol(50, 3).points(512, 256);

  for (Eigen::Index j = 0; j < P.cols(); ++j) {
    std::array<int, 256> hits{};
    for (Eigen::Index i = 0; i < P.rows(); ++i) ++hits[static_cast<std::size_t>(P(i, j) * 256.0)];
    for (const int count : hits) ASSERT_EQ(count, 1) << "dimension " << j;
  }
}

TEST(ScrambledSobol, FirstTwoDimensionsFillEveryElementaryInterval) {
  const Eigen::MatrixXd P = ScrambledSobol(2, 11).points(0, 64);

  for (const int columns : {1, 2, 4, 8, 16, 32, 64}) {
    const int rows = 64 / columns;
    Eigen::MatrixXi hits = Eigen::MatrixXi::Zero(rows, columns);
    for (Eigen::Index i = 0; i < 64; ++i) ++hits(static_cast<int>(P(i, 0) * rows), static_cast<int>(P(i, 1) * columns));
    EXPECT_TRUE((hits.array() == 1).all()) << columns;
  }
}

TEST(ScrambledSobol, ThousandsOfDimensionsAreStrictlyInsideTheUnitCubeAndUnlike) {
  const Eigen::MatrixXd P = ScrambledSobol(5000, 5).points(0, 32);

  EXPECT_GT(P.minCoeff(), 0.0);
  EXPECT_LT(P.maxCoeff(), 1.0);
  for (const Eigen::Index j : {1, 3000, 3666, 3667, 4999}) EXPECT_NE(P.col(j), P.col(0));
}

}  // namespace
}  // namespace stune::generation
