#include "model/regression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace stune::model {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// A parabola with its top, 7, at 0.3, in awkward units.
Measurements parabola(Eigen::Index n) {
  Measurements data{Eigen::VectorXd::LinSpaced(n, 0.0, 1.0), Eigen::VectorXd(n), {}};
  for (Eigen::Index i = 0; i < n; ++i) data.y(i) = 7.0 - 1000.0 * std::pow(data.X(i, 0) - 0.3, 2.0);
  return data;
}

TEST(Regression, PredictsBetweenPointsInTheUsersUnits) {
  for (const Warp warp : {Warp::half_rank_log, Warp::yeo_johnson, Warp::winsorized}) {
    const auto regression = Regression::make(FeatureMap({0}), parabola(25), {.warp = warp}).value();

    const UserPrediction prediction = regression.predict(Eigen::MatrixXd::Constant(1, 1, 0.33));

    EXPECT_NEAR(prediction.mean(0), 7.0 - 1000.0 * 0.0009, 2.0);
    EXPECT_LT(prediction.sem(0), 10.0);
    EXPECT_GE(prediction.sem(0), 0.0);
  }
}

TEST(Regression, FailedTrialsLookWorseThanTheWorstAndDoNotShiftTheOthers) {
  Measurements data = parabola(25);
  data.y(24) = nan;
  data.y(23) = -std::numeric_limits<double>::infinity();

  const auto regression = Regression::make(FeatureMap({0}), data, {}).value();

  const Eigen::VectorXd& z = regression.outcomes();
  EXPECT_LT(z(24), z.head(23).minCoeff());
  EXPECT_DOUBLE_EQ(z(24), z(23));
  EXPECT_NEAR(regression.predict(data.X.row(8)).mean(0), data.y(8), 3.0);
}

TEST(Regression, KnownErrorsAreSmoothedOverAndExactOnesAreNot) {
  Measurements data = parabola(21);
  data.sem = Eigen::VectorXd::Zero(21);
  data.y(10) += 60.0;
  data.sem(10) = 200.0;

  const auto regression = Regression::make(FeatureMap({0}), data, {.warp = Warp::winsorized}).value();

  const Eigen::VectorXd mean = regression.predict(data.X).mean;
  EXPECT_NEAR(mean(10), data.y(10) - 60.0, 10.0);
  EXPECT_NEAR(mean(5), data.y(5), 0.5);
}

TEST(Regression, WithoutAnyFiniteOutcomeThereIsNone) {
  EXPECT_FALSE(Regression::make(FeatureMap({0}), {Eigen::MatrixXd::Zero(2, 1), Eigen::Vector2d(nan, nan), {}}, {}));
}

TEST(Regression, ConstantOutcomesArePredictedAsThemselves) {
  const Measurements data{Eigen::Vector3d(0.1, 0.5, 0.9), Eigen::Vector3d::Constant(42.0), {}};

  const auto regression = Regression::make(FeatureMap({0}), data, {}).value();

  EXPECT_NEAR(regression.predict(Eigen::MatrixXd::Constant(1, 1, 0.5)).mean(0), 42.0, 1e-6);
}

TEST(Regression, ManyMeasurementsAreFittedOnASubsetAndPredictedWithAll) {
  const auto regression = Regression::make(FeatureMap({0}), parabola(300), {.largest_fit = 40}).value();

  EXPECT_EQ(regression.posterior().size(), 300);
  EXPECT_NEAR(regression.predict(Eigen::MatrixXd::Constant(1, 1, 0.3)).mean(0), 7.0, 0.5);
}

TEST(Regression, KnownErrorsStayAsTheyWereWhereMeasurementsAreAppended) {
  Measurements few = parabola(20);
  few.sem = Eigen::VectorXd::Constant(20, 5.0);
  const auto fitted = Regression::make(FeatureMap({0}), few, {}).value();
  Measurements more = few;
  more.X.conservativeResize(21, 1);
  more.X(20, 0) = 0.31;
  more.y.conservativeResize(21);
  more.y(20) = few.y.maxCoeff() + 100.0;
  more.sem.conservativeResize(21);
  more.sem(20) = 5.0;
  RegressionOptions as_it_is;
  as_it_is.warm_start = fitted.posterior().theta();
  as_it_is.refit = false;
  as_it_is.base = 20;

  const auto appended = Regression::make(FeatureMap({0}), more, as_it_is).value();

  EXPECT_EQ(appended.noise().head(20), fitted.noise());
  EXPECT_GT(appended.noise()(20), 0.0);
}

TEST(Regression, TheNoiseRatioIsKnownBeforeAnythingIsFitted) {
  Measurements data = parabola(20);
  data.sem = Eigen::VectorXd::Constant(20, nan);
  data.sem.head(10).setConstant(30.0);
  const auto fitted = Regression::make(FeatureMap({0}), data, {}).value();

  EXPECT_DOUBLE_EQ(noise_ratio(data, Warp::yeo_johnson, fitted.posterior().theta()), fitted.noise_ratio());
}

TEST(Regression, AnErrorBeyondAllMeasureTakesAnOutcomeOutAndLeavesTheOthers) {
  Measurements data = parabola(21);
  data.sem = Eigen::VectorXd::Zero(21);
  for (const double sem : {1e150, std::numeric_limits<double>::max()}) {
    data.sem(20) = sem;

    const auto regression = Regression::make(FeatureMap({0}), data, {});

    ASSERT_TRUE(regression);
    EXPECT_LT(regression->noise_ratio(), 1e-6) << "of the others";
    EXPECT_NEAR(regression->predict(data.X.row(8)).mean(0), data.y(8), 1.0);
    EXPECT_GT(regression->predict(data.X.row(20)).sem(0), 0.0);
  }
}

TEST(Regression, OneTerribleOutcomeLeavesPredictionsOfTheOthersSharp) {
  for (const Warp warp : {Warp::half_rank_log, Warp::yeo_johnson, Warp::winsorized}) {
    Measurements data = parabola(25);
    data.y(24) = -1e12;

    const auto regression = Regression::make(FeatureMap({0}), data, {.warp = warp}).value();

    const UserPrediction prediction = regression.predict(Eigen::MatrixXd::Constant(1, 1, 0.33));
    EXPECT_NEAR(prediction.mean(0), 7.0 - 1000.0 * 0.0009, 2.0);
    EXPECT_LT(prediction.sem(0), 10.0);
  }
}

// One model for each measurement, without it; the same outcomes, hyperparameters and noise.
TEST(Regression, LeavingOneOutIsWhatModelsOfTheOthersSay) {
  Measurements data = parabola(14);
  data.sem = Eigen::VectorXd::Constant(14, nan);
  data.sem(3) = 40.0;
  data.y(9) -= 80.0;
  const auto regression = Regression::make(FeatureMap({0}), data, {}).value();

  const UserPrediction left_out = regression.leave_one_out();

  for (Eigen::Index i = 0; i < 14; ++i) {
    std::vector<Eigen::Index> others;
    for (Eigen::Index k = 0; k < 14; ++k) {
      if (k != i) others.push_back(k);
    }
    const auto refit =
        Posterior::condition(FeatureMap({0}), regression.posterior().theta(),
                             {data.X(others, Eigen::all), regression.outcomes()(others), regression.noise()(others)})
            .value();
    const Prediction z = refit.predict(data.X.row(i));
    const double sd = std::sqrt(z.variance(0) + regression.noise()(i));
    const OutcomeTransform& transform = regression.transform();
    EXPECT_NEAR(left_out.mean(i), transform.inverse(z.mean(0)), 1e-4) << i;
    EXPECT_NEAR(left_out.low(i), transform.inverse(z.mean(0) - 1.959964 * sd), 1e-3) << i;
    EXPECT_NEAR(left_out.high(i), transform.inverse(z.mean(0) + 1.959964 * sd), 1e-3) << i;
  }
}

}  // namespace
}  // namespace stune::model
