#include "model/outcome_transform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

namespace stune::model {
namespace {

std::string name_of(const ::testing::TestParamInfo<Warp>& c) {
  const char* const names[] = {"half_rank_log", "yeo_johnson", "winsorized"};
  return names[static_cast<std::size_t>(c.param)];
}

class AnyTransform : public ::testing::TestWithParam<Warp> {};
INSTANTIATE_TEST_SUITE_P(All, AnyTransform, ::testing::Values(Warp::half_rank_log, Warp::yeo_johnson, Warp::winsorized),
                         name_of);

// Skewed, with repeats: minus the exponential of a normal, rounded to tenths.
Eigen::VectorXd skewed(Eigen::Index n, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0.0, 2.0);
  Eigen::VectorXd y(n);
  for (Eigen::Index i = 0; i < n; ++i) y(i) = -std::round(10.0 * std::exp(normal(random))) / 10.0;
  return y;
}

TEST_P(AnyTransform, StandardizesWhatItWasFittedTo) {
  const Eigen::VectorXd y = skewed(41, 1);

  const Eigen::VectorXd z = OutcomeTransform::fit(GetParam(), y).forward(y);

  EXPECT_NEAR(z.mean(), 0.0, 1e-12);
  EXPECT_NEAR((z.array() - z.mean()).square().sum() / 40.0, 1.0, 1e-12);
}

TEST_P(AnyTransform, IsMonotoneAndInvertibleInsideAndFarOutside) {
  for (const Eigen::Index n : {2, 3, 4, 17, 100}) {
    const Eigen::VectorXd y = skewed(n, 2);
    const auto transform = OutcomeTransform::fit(GetParam(), y);
    const double range = y.maxCoeff() - y.minCoeff();
    double last = -1e300;
    for (int i = 0; i <= 400; ++i) {
      const double at = y.minCoeff() + range * (-2.0 + 5.0 * i / 400.0);

      const double z = transform.forward(at);

      ASSERT_TRUE(std::isfinite(z));
      const double back = transform.inverse(z);
      EXPECT_GT(z, last);
      EXPECT_NEAR(back, at, 1e-8 * range);
      last = z;
    }
  }
}

TEST_P(AnyTransform, DoesNotSeeUnitsOrOrigin) {
  const Eigen::VectorXd y = skewed(30, 3);
  const Eigen::VectorXd scaled = ((y.array() * 1e6) - 4e5).matrix();

  const Eigen::VectorXd z = OutcomeTransform::fit(GetParam(), y).forward(y);
  const Eigen::VectorXd other = OutcomeTransform::fit(GetParam(), scaled).forward(scaled);

  EXPECT_LT((z - other).cwiseAbs().maxCoeff(), 1e-9);
}

TEST_P(AnyTransform, ConstantSingleAndHugeOutcomesStayFinite) {
  const Eigen::VectorXd constant = Eigen::VectorXd::Constant(5, 3.7);
  const Eigen::VectorXd single = Eigen::VectorXd::Constant(1, -2e300);
  const Eigen::VectorXd huge = Eigen::Vector4d(-1e308, 1e308, 0.0, 5.0);

  EXPECT_NEAR(OutcomeTransform::fit(GetParam(), constant).forward(3.7), 0.0, 1e-12);
  EXPECT_DOUBLE_EQ(OutcomeTransform::fit(GetParam(), constant).inverse(0.0), 3.7);
  EXPECT_NEAR(OutcomeTransform::fit(GetParam(), single).forward(-2e300), 0.0, 1e-12);
  EXPECT_TRUE(OutcomeTransform::fit(GetParam(), huge).forward(huge).allFinite());
}

TEST_P(AnyTransform, TiesKeepEqualValuesEqual) {
  Eigen::VectorXd y(9);
  y << 1, 1, 1, 1, 1, 0, 0, -5, 2;

  const Eigen::VectorXd z = OutcomeTransform::fit(GetParam(), y).forward(y);

  EXPECT_TRUE(z.allFinite());
  EXPECT_DOUBLE_EQ(z(0), z(4));
  EXPECT_GT(z(8), z(0));
  EXPECT_GT(z(0), z(5));
}

TEST_P(AnyTransform, OneTerribleOutcomeDoesNotSquashTheGoodOnes) {
  for (const double terrible : {-1e3, -1e9, -1e300}) {
    Eigen::VectorXd y(9);
    y << 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, terrible;
    const auto transform = OutcomeTransform::fit(GetParam(), y);

    const Eigen::VectorXd z = transform.forward(y);

    EXPECT_GT(z(7) - z(6), 0.05);
    EXPECT_GT(z.minCoeff(), -3.0);
    for (Eigen::Index i = 0; i < 8; ++i) EXPECT_NEAR(transform.inverse(z(i)), y(i), 1e-9);
    EXPECT_NEAR(transform.inverse(z(8)) / terrible, 1.0, 1e-6);
  }
}

TEST(Winsorized, AllButTheWorstKeepTheirDistances) {
  Eigen::VectorXd y(9);
  y << 1, 2, 4, 5, 6, 7, 8, 9, -1000;

  const Eigen::VectorXd z = OutcomeTransform::fit(Warp::winsorized, y).forward(y);

  for (Eigen::Index i = 1; i < 8; ++i) EXPECT_NEAR((z(i) - z(0)) / (z(7) - z(0)), (y(i) - 1) / 8, 1e-12);
  EXPECT_LT(z(8), z(0) - 0.5);
}

TEST(HalfRankLog, UpperHalfBeforeStandardizingIsTheLogWarp) {
  // Median 3 is a label; good labels 3, 4, 5: spread sqrt(5/3); the worst of two bad ones has quantile 0.5 * 0.5 / 2.5
  // = 0.1.
  Eigen::VectorXd y(5);
  y << 1, 2, 3, 4, 5;
  const double worst = 3.0 + std::sqrt(5.0 / 3.0) * -1.2815515655446004;
  const auto log_warp = [&](double h) { return 0.5 - std::log1p((5.0 - h) / (5.0 - worst) * 0.5) / std::log(1.5); };

  const Eigen::VectorXd z = OutcomeTransform::fit(Warp::half_rank_log, y).forward(y);

  EXPECT_NEAR((z(4) - z(3)) / (z(4) - z(2)), (log_warp(5) - log_warp(4)) / (log_warp(5) - log_warp(3)), 1e-12);
  EXPECT_NEAR((z(4) - z(0)) / (z(4) - z(2)), 1.0 / (log_warp(5) - log_warp(3)), 1e-12);
}

TEST(YeoJohnson, MakesALogNormalSampleSymmetric) {
  std::mt19937 random(4);
  std::normal_distribution<double> normal;
  Eigen::VectorXd y(400);
  for (Eigen::Index i = 0; i < y.size(); ++i) y(i) = std::exp(normal(random));

  const Eigen::VectorXd z = OutcomeTransform::fit(Warp::yeo_johnson, y).forward(y);

  EXPECT_LT(std::abs(z.array().cube().mean()), 0.3);
}

}  // namespace
}  // namespace stune::model
