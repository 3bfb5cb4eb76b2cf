// Factors that grow: equal to factorizing everything at once, and to the last digit independent of when they grew.
#include "model/covariance.hpp"

#include <gtest/gtest.h>

#include "model/kept_covariance.hpp"
#include "problems.hpp"

namespace stune::model {
namespace {

using testing::random_points;
using testing::some_hyperparameters;

struct Points {
  FeatureMap map{std::vector<int>{0, 0, 3}};
  Eigen::MatrixXd X;
  Eigen::VectorXd noise;
  Hyperparameters theta = some_hyperparameters(3);
};

Points points(Eigen::Index n) {
  std::mt19937 random(7);
  Points p;
  p.X = random_points(n, {0, 0, 3}, random);
  p.noise = Eigen::VectorXd::LinSpaced(n, 1e-4, 2e-4);
  return p;
}

Eigen::MatrixXd answer(const Covariance& covariance) {
  return covariance.solve(Eigen::MatrixXd::Identity(covariance.size(), 2), false);
}

class GrowingCovariance : public ::testing::TestWithParam<Eigen::Index> {};
// Around the size up to which an explicit inverse is kept.
INSTANTIATE_TEST_SUITE_P(Bases, GrowingCovariance, ::testing::Values(0, 1, 30, 395, 420));

TEST_P(GrowingCovariance, EqualsTheOneMadeAtOnce) {
  const Eigen::Index base = GetParam();
  const Points p = points(base + 10);
  auto grown = Covariance::make(p.map, p.theta, p.X.topRows(base), p.noise.head(base));

  ASSERT_TRUE(grown->become(p.X, p.noise));

  const auto whole = Covariance::make(p.map, p.theta, p.X, p.noise);
  EXPECT_LT((answer(*grown) - answer(*whole)).cwiseAbs().maxCoeff(), 1e-9);
}

TEST_P(GrowingCovariance, HasTheSameDigitsWhateverItGrewThrough) {
  const Eigen::Index base = GetParam();
  const Points p = points(base + 12);
  const Points other = points(base + 20);
  KeptCovariance kept, fresh;

  for (const Eigen::Index n : {base, base + 4, base + 12, base + 3, base + 12}) {
    // On the way another point is pending in place of the last one.
    Eigen::MatrixXd X = p.X.topRows(n);
    if (n == base + 4) X.row(n - 1) = other.X.row(base + 15);
    ASSERT_TRUE(kept.get(p.map, p.theta, X, p.noise.head(n), base));
  }

  EXPECT_EQ(answer(*kept.get(p.map, p.theta, p.X, p.noise, base)),
            answer(*fresh.get(p.map, p.theta, p.X, p.noise, base)));
}

TEST(KeptCovariance, WhoLooksAtAnEarlierOneSeesNoChange) {
  const Points p = points(20);
  KeptCovariance kept;
  const auto before = kept.get(p.map, p.theta, p.X.topRows(15), p.noise.head(15), 10);
  const Eigen::MatrixXd answered = answer(*before);

  kept.get(p.map, p.theta, p.X, p.noise, 10);
  kept.get(p.map, p.theta, p.X.topRows(12), p.noise.head(12), 10);

  EXPECT_EQ(before->size(), 15);
  EXPECT_EQ(answer(*before), answered);
}

TEST(KeptCovariance, OtherHyperparametersOrAnotherBaseStartAfresh) {
  const Points p = points(20);
  Points longer = p;
  longer.theta.lengthscales *= 2.0;
  KeptCovariance kept, fresh;

  kept.get(p.map, p.theta, p.X, p.noise, 10);

  EXPECT_EQ(answer(*kept.get(p.map, longer.theta, p.X, p.noise, 10)),
            answer(*fresh.get(p.map, longer.theta, p.X, p.noise, 10)));
  EXPECT_EQ(kept.get(p.map, p.theta, p.X, p.noise, 20)->base(), 20);
}

TEST(Covariance, SurvivesAPointThatIsThereAlready) {
  Points p = points(10);
  p.X.row(9) = p.X.row(3);
  p.noise.setZero();
  auto covariance = Covariance::make(p.map, p.theta, p.X.topRows(9), p.noise.head(9));

  covariance->append(p.X.row(9).transpose(), 0.0);

  EXPECT_TRUE(answer(*covariance).allFinite());
}

}  // namespace
}  // namespace stune::model
