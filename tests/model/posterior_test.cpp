#include "model/posterior.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "problems.hpp"

namespace stune::model {
namespace {

using testing::naive_covariance;
using testing::random_observations;
using testing::random_points;
using testing::some_hyperparameters;

const std::vector<int> mixed{0, 3, 0};

Posterior make(const std::vector<int>& categories, const Observations& data) {
  const auto d = static_cast<Eigen::Index>(categories.size());
  return Posterior::condition(FeatureMap(categories), some_hyperparameters(d), data).value();
}

Observations rows(const Observations& data, Eigen::Index first, Eigen::Index count) {
  return {data.X.middleRows(first, count), data.y.segment(first, count), {}};
}

TEST(Posterior, AgreesWithTheFormulasWrittenOut) {
  std::mt19937 random(1);
  Observations data = random_observations(40, mixed, random);
  data.known_variance = Eigen::VectorXd::Constant(40, std::numeric_limits<double>::quiet_NaN());
  data.known_variance.head(20).setConstant(0.09);
  const Eigen::MatrixXd P = random_points(15, mixed, random);

  const Prediction prediction = make(mixed, data).predict(P);

  const Hyperparameters theta = some_hyperparameters(3);
  Eigen::MatrixXd K = naive_covariance(data.X, data.X, mixed, theta);
  K.diagonal().head(20).array() += 0.09;
  K.diagonal().tail(20).array() += theta.noise;
  const Eigen::MatrixXd cross = naive_covariance(P, data.X, mixed, theta);
  const Eigen::MatrixXd inverse = K.inverse();
  const Eigen::VectorXd mean =
      ((cross * inverse * (data.y.array() - theta.mean).matrix()).array() + theta.mean).matrix();
  const Eigen::VectorXd variance =
      (theta.output_scale - (cross * inverse * cross.transpose()).diagonal().array()).matrix();
  EXPECT_LT((prediction.mean - mean).cwiseAbs().maxCoeff(), 1e-10);
  EXPECT_LT((prediction.variance - variance).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(Posterior, GradientsAreSlopes) {
  std::mt19937 random(2);
  const Posterior posterior = make(mixed, random_observations(30, mixed, random));
  const Eigen::MatrixXd P = random_points(6, mixed, random);
  constexpr double h = 1e-6;

  const PredictionWithGradients prediction = posterior.predict_with_gradients(P);

  for (const Eigen::Index j : {0, 2}) {
    Eigen::MatrixXd left = P, right = P;
    left.col(j).array() -= h;
    right.col(j).array() += h;
    const Prediction a = posterior.predict(left), b = posterior.predict(right);
    const Eigen::VectorXd mean_slope = (b.mean - a.mean) / (2.0 * h);
    const Eigen::VectorXd variance_slope = (b.variance - a.variance) / (2.0 * h);
    EXPECT_LT((prediction.mean_gradient.col(j) - mean_slope).cwiseAbs().maxCoeff(), 1e-6);
    EXPECT_LT((prediction.variance_gradient.col(j) - variance_slope).cwiseAbs().maxCoeff(), 1e-6);
  }
  EXPECT_TRUE(prediction.mean_gradient.col(1).isZero());
  EXPECT_TRUE(prediction.variance_gradient.col(1).isZero());
}

TEST(Posterior, AppendingEqualsConditioningOnEverythingAtOnce) {
  std::mt19937 random(3);
  for (const Eigen::Index n : {0, 1, 30, 395, 450}) {  // around the size up to which an explicit inverse is kept
    const Observations all = random_observations(n + 10, mixed, random);
    const Eigen::MatrixXd P = random_points(20, mixed, random);

    const Posterior extended = make(mixed, rows(all, 0, n)).with_observations(rows(all, n, 10));

    const Posterior whole = make(mixed, all);
    EXPECT_LT((extended.predict(P).mean - whole.predict(P).mean).cwiseAbs().maxCoeff(), 1e-9) << n;
    EXPECT_LT((extended.predict(P).variance - whole.predict(P).variance).cwiseAbs().maxCoeff(), 1e-10) << n;
  }
}

TEST(Posterior, BelievedPointsKeepTheMeanAndShrinkTheVariance) {
  std::mt19937 random(4);
  const Posterior before = make(mixed, random_observations(30, mixed, random));
  const Eigen::MatrixXd pending = random_points(3, mixed, random);
  const Eigen::MatrixXd P = random_points(50, mixed, random);

  const Posterior after = before.with_believed(pending, some_hyperparameters(3).noise);

  EXPECT_LT((after.predict(P).mean - before.predict(P).mean).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LE((after.predict(P).variance - before.predict(P).variance).maxCoeff(), 1e-12);
  EXPECT_LT(after.predict(pending).variance.maxCoeff(), some_hyperparameters(3).noise);
  EXPECT_EQ(before.size(), 30);
}

TEST(Posterior, MeanAtObservationsIsThePredictionThere) {
  std::mt19937 random(5);
  const Observations data = random_observations(30, mixed, random);
  const Posterior posterior = make(mixed, data);

  EXPECT_LT((posterior.mean_at_observations() - posterior.predict(data.X).mean).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(Posterior, SurvivesDuplicatesWithoutNoise) {
  std::mt19937 random(6);
  Observations data = random_observations(20, mixed, random);
  data.X.bottomRows(10) = data.X.topRows(10);
  data.y.tail(10) = data.y.head(10);
  Hyperparameters theta = some_hyperparameters(3);
  theta.noise = 0.0;

  const auto posterior = Posterior::condition(FeatureMap(mixed), theta, data);

  ASSERT_TRUE(posterior);
  EXPECT_LT((posterior->predict(data.X).mean - data.y).cwiseAbs().maxCoeff(), 1e-3);
}

TEST(Posterior, WithoutObservationsIsThePrior) {
  const Posterior prior = make({0, 0}, {Eigen::MatrixXd(0, 2), Eigen::VectorXd(0), {}});

  const Prediction prediction = prior.predict(Eigen::MatrixXd::Constant(1, 2, 0.5));

  EXPECT_DOUBLE_EQ(prediction.mean(0), 0.2);
  EXPECT_DOUBLE_EQ(prediction.variance(0), 1.7);
}

}  // namespace
}  // namespace stune::model
