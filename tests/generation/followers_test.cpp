#include "generation/followers.hpp"

#include <gtest/gtest.h>

#include <set>

#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

model::Posterior posterior_on_the_plane() {
  const model::FeatureMap map({0, 0});
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::Vector2d(0.3, 0.5);
  model::Observations data{spread_points(plane, 12, 1), Eigen::VectorXd(12), {}};
  data.y = (5.0 * data.X.rowwise().sum()).array().sin();
  return *model::Posterior::condition(map, theta, data);
}

TEST(Posterior, JointPredictionsAgreeWithSeparateOnes) {
  const model::Posterior posterior = posterior_on_the_plane();
  const Eigen::MatrixXd P = spread_points(plane, 9, 2);

  const model::JointPrediction joint = posterior.predict_jointly(P);

  const model::Prediction alone = posterior.predict(P);
  EXPECT_LT((joint.mean - alone.mean).norm(), 1e-12);
  EXPECT_LT((joint.covariance.diagonal() - alone.variance).norm(), 1e-12);
}

TEST(Posterior, CovariancesWithOthersAreThoseOfAllTogether) {
  const model::Posterior posterior = posterior_on_the_plane();
  const Eigen::MatrixXd P = spread_points(plane, 9, 2), others = spread_points(plane, 5, 3);
  const Eigen::MatrixXd all = (Eigen::MatrixXd(14, 2) << others, P).finished();

  const model::CrossPrediction some = posterior.predict_with(P, others);

  const model::JointPrediction joint = posterior.predict_jointly(all);
  EXPECT_LT((some.at.mean - joint.mean.tail(9)).norm(), 1e-12);
  EXPECT_LT((some.at.variance - joint.covariance.diagonal().tail(9)).norm(), 1e-12);
  EXPECT_LT((some.covariance - joint.covariance.bottomLeftCorner(9, 5)).norm(), 1e-12);
}

TEST(Followers, AreTheBestOnceTheOnesBeforeAreBelieved) {
  const model::Posterior posterior = posterior_on_the_plane();
  constexpr double measured = 0.3;  // less than what is expected of most followers
  const LogExpectedImprovement acquisition(posterior, measured);
  const Eigen::MatrixXd pool = spread_points(plane, 40, 3);
  const Eigen::VectorXd first = Eigen::Vector2d(0.2, 0.1);
  constexpr double noise = 0.02;

  const auto chosen = followers(acquisition, first, pool, noise, 5);

  ASSERT_EQ(chosen.size(), 5U);
  model::Posterior believed = posterior.with_believed(first.transpose(), noise);
  Eigen::VectorXd left = Eigen::VectorXd::Zero(40);
  double highest = std::max(measured, posterior.predict_mean(first.transpose())(0));
  for (const Eigen::Index i : chosen) {
    Eigen::Index best = 0;
    (LogExpectedImprovement(believed, highest).values(pool) + left).maxCoeff(&best);
    EXPECT_EQ(i, best);
    left(i) = -1e9;
    highest = std::max(highest, believed.predict_mean(pool.row(i))(0));
    believed = believed.with_believed(pool.row(i), noise);
  }
}

TEST(Followers, AreNeverTwiceTheSameNorWhatIsKnownAlready) {
  const model::Posterior posterior = posterior_on_the_plane();
  const LogExpectedImprovement acquisition(posterior, 1.0);
  const Eigen::MatrixXd few = spread_points(plane, 3, 3);
  const Eigen::MatrixXd pool = (Eigen::MatrixXd(7, 2) << few, few, 0.5, 0.5).finished();

  const auto chosen = followers(acquisition, Eigen::Vector2d(0.5, 0.5), pool, 1e-6, 7);

  EXPECT_EQ(chosen.size(), 3U);
  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), chosen.size());
}

}  // namespace
}  // namespace stune::generation
