#include "model/likelihood.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>

#include "model/fit.hpp"
#include "problems.hpp"

namespace stune::model {
namespace {

using testing::random_observations;
using testing::some_hyperparameters;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Central differences; error about h^2, so 1e-6 relative is what the comparison can promise.
void expect_gradient_is_the_slope(NegativeLogPosterior& f, const Eigen::VectorXd& p) {
  f.value(p);
  const Eigen::VectorXd g = f.gradient();
  constexpr double h = 1e-5;
  for (Eigen::Index i = 0; i < p.size(); ++i) {
    Eigen::VectorXd left = p, right = p;
    left(i) -= h;
    right(i) += h;
    EXPECT_NEAR(g(i), (f.value(right) - f.value(left)) / (2.0 * h), 1e-6 * (1.0 + std::abs(g(i)))) << "parameter " << i;
  }
}

TEST(NegativeLogPosterior, GradientIsTheSlopeInANumericSpace) {
  std::mt19937 random(1);
  const std::vector<int> categories{0, 0, 0};
  const FeatureMap map(categories);
  const Observations data = random_observations(40, categories, random);
  NegativeLogPosterior f(map, data, Priors::of(map), {});

  expect_gradient_is_the_slope(f, to_logs(some_hyperparameters(3)));
}

TEST(NegativeLogPosterior, GradientIsTheSlopeWithCategoriesAndKnownNoise) {
  std::mt19937 random(2);
  const std::vector<int> categories{0, 3, 0, 5};
  const FeatureMap map(categories);
  Observations data = random_observations(30, categories, random);
  data.known_variance = Eigen::VectorXd::Constant(30, unknown);
  data.known_variance.head(10).setLinSpaced(0.0, 0.3);
  NegativeLogPosterior f(map, data, Priors::of(map), {});

  expect_gradient_is_the_slope(f, to_logs(some_hyperparameters(4)));
}

TEST(NegativeLogPosterior, DiffersFromTheTextbookDensityByThePriorsOnly) {
  std::mt19937 random(3);
  const std::vector<int> categories{0, 4};
  const FeatureMap map(categories);
  const Observations data = random_observations(25, categories, random);
  const Priors priors = Priors::of(map);
  NegativeLogPosterior f(map, data, priors, {});
  const Hyperparameters theta = some_hyperparameters(2);

  const double value = f.value(to_logs(theta));

  Eigen::MatrixXd K = testing::naive_covariance(data.X, data.X, categories, theta);
  K.diagonal().array() += theta.noise;
  const Eigen::VectorXd residual = (data.y.array() - f.theta().mean).matrix();
  const double quadratic = residual.dot(K.inverse() * residual);
  double expected = 0.5 * (quadratic + std::log(K.determinant()) + 25.0 * std::log(2.0 * std::numbers::pi));
  const auto log_normal = [](const LogNormal& prior, double x) {
    return std::log(x) + 0.5 * std::pow((std::log(x) - prior.mean) / prior.sd, 2.0);
  };
  expected += log_normal(priors.lengthscales[0], theta.lengthscales(0)) +
              log_normal(priors.lengthscales[1], theta.lengthscales(1));
  expected += log_normal(priors.output_scale, theta.output_scale) + log_normal(priors.noise, theta.noise);
  EXPECT_NEAR(value, expected, 1e-9 * std::abs(expected));
}

TEST(Fit, FindsAPointWhereNoStepInTheBoxHelps) {
  std::mt19937 random(4);
  const std::vector<int> categories{0, 0, 3};
  const FeatureMap map(categories);
  const Observations data = random_observations(50, categories, random);

  const FitResult result = fit(map, data, std::nullopt, {});

  ASSERT_EQ(result.outcome, FitOutcome::converged);
  NegativeLogPosterior f(map, data, Priors::of(map), {});
  const Eigen::VectorXd p = to_logs(result.theta);
  const double best = f.value(p);
  EXPECT_NEAR(best / 50.0, result.value, 1e-9);
  for (Eigen::Index i = 0; i < p.size(); ++i) {
    for (const double step : {-0.05, 0.05}) {
      Eigen::VectorXd q = p;
      q(i) += step;
      EXPECT_GT(f.value(q), best - 1e-3);
    }
  }
}

TEST(Fit, IsTheSameEveryTimeAndNeverWorseWithAWarmStart) {
  std::mt19937 random(5);
  const std::vector<int> categories{0, 0};
  const FeatureMap map(categories);
  const Observations data = random_observations(30, categories, random);

  const FitResult cold = fit(map, data, std::nullopt, {});
  const FitResult again = fit(map, data, std::nullopt, {});
  const FitResult warm = fit(map, data, cold.theta, {});

  EXPECT_EQ(to_logs(cold.theta), to_logs(again.theta));
  EXPECT_LE(warm.value, cold.value + 1e-12);
}

TEST(Fit, LearnsThatNoiseIsLowOrHigh) {
  std::mt19937 random(6);
  std::normal_distribution<double> normal;
  const FeatureMap map({0});
  Observations data{Eigen::VectorXd::LinSpaced(60, 0.0, 1.0), Eigen::VectorXd(60), {}};
  for (Eigen::Index i = 0; i < 60; ++i) data.y(i) = std::sin(6.0 * data.X(i, 0));
  const FitResult quiet = fit(map, data, std::nullopt, {});
  for (Eigen::Index i = 0; i < 60; ++i) data.y(i) += 0.5 * normal(random);

  const FitResult loud = fit(map, data, std::nullopt, {});

  EXPECT_LT(quiet.theta.noise, 1e-4);
  EXPECT_GT(loud.theta.noise, 0.1);
  EXPECT_LT(loud.theta.noise, 0.5);
}

TEST(Fit, SeesNoiseInThirtyOutcomesMoreOftenThanNotAndNoneWhereThereIsNone) {
  const FeatureMap map({0, 0});
  int noisy = 0, noisy_without = 0;  // of 100
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Observations data{testing::random_points(30, {0, 0}, random), Eigen::VectorXd(30), {}};
    for (Eigen::Index i = 0; i < 30; ++i) data.y(i) = std::sin(3.0 * data.X.row(i).sum());
    noisy_without += fit(map, data, std::nullopt, {}).theta.noise > 0.05 ? 1 : 0;
    for (Eigen::Index i = 0; i < 30; ++i) data.y(i) += 0.4 * normal(random);
    noisy += fit(map, data, std::nullopt, {}).theta.noise > 0.05 ? 1 : 0;
  }
  EXPECT_GT(noisy, 50);
  EXPECT_EQ(noisy_without, 0);
}

TEST(Fit, OneObservationOrAllEqualIsNoProblem) {
  const FeatureMap map({0, 2});
  const Observations one{Eigen::RowVector2d(0.3, 1.0), Eigen::VectorXd::Zero(1), {}};
  Observations equal{Eigen::MatrixXd::Zero(8, 2), Eigen::VectorXd::Zero(8), {}};

  EXPECT_NE(fit(map, one, std::nullopt, {}).outcome, FitOutcome::failed);
  EXPECT_NE(fit(map, equal, std::nullopt, {}).outcome, FitOutcome::failed);
}

TEST(Fit, AFailureGivesTheWarmStartOrTheDefaults) {
  const FeatureMap map({0, 0});
  std::mt19937 random(8);
  Observations broken = random_observations(10, {0, 0}, random);
  broken.X(3, 1) = unknown;

  const FitResult warm = fit(map, broken, some_hyperparameters(2), {});
  const FitResult cold = fit(map, broken, std::nullopt, {});

  EXPECT_EQ(warm.outcome, FitOutcome::failed);
  EXPECT_EQ(to_logs(warm.theta), to_logs(some_hyperparameters(2)));
  EXPECT_EQ(cold.outcome, FitOutcome::failed);
  EXPECT_EQ(to_logs(cold.theta), to_logs(default_hyperparameters(Priors::of(map), {})));
}

TEST(Fit, AWarmStartOfAnotherSpaceOrWithNonsenseIsIgnored) {
  const FeatureMap map({0, 0});
  std::mt19937 random(7);
  const Observations data = random_observations(10, {0, 0}, random);
  Hyperparameters nonsense = some_hyperparameters(2);
  nonsense.noise = unknown;

  EXPECT_FALSE(fit(map, data, some_hyperparameters(3), {}).from_warm_start);
  EXPECT_FALSE(fit(map, data, nonsense, {}).from_warm_start);
}

}  // namespace
}  // namespace stune::model
