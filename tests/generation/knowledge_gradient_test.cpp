#include "generation/knowledge_gradient.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

// E f(Z) by the trapezoidal rule, whose error falls with the square of the step where f has corners.
double expectation(const std::function<double(double)>& f, int steps) {
  constexpr double reach = 8.5;
  const double step = 2 * reach / steps;
  double sum = 0;
  for (int i = 0; i <= steps; ++i) {
    const double z = -reach + i * step;
    sum += f(z) * std::exp(-0.5 * z * z);
  }
  return sum * step / std::sqrt(2 * std::numbers::pi);
}

double highest(const std::vector<Line>& lines, double z) {
  double top = -1e300;
  for (const Line& line : lines) top = std::max(top, line.mean + line.slope * z);
  return top;
}

TEST(ExpectedGain, IsTheAverageOfTheHighestLineLessTheHighestMean) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int k = 1; k <= 9; ++k) {
    std::vector<Line> lines;
    for (int i = 0; i < k; ++i) lines.push_back({normal(random), normal(random)});

    const double average = expectation([&](double z) { return highest(lines, z); }, 200'000);

    EXPECT_NEAR(expected_gain(lines), average - highest(lines, 0.0), 1e-8) << k << " lines";
  }
}

TEST(ExpectedGain, OfTwoLinesDependsOnTheirDifferenceOnly) {
  const double density = std::exp(-0.5) / std::sqrt(2 * std::numbers::pi), tail = 0.15865525393145707;  // Phi(-1)

  EXPECT_NEAR(expected_gain({{5.0, -3.0}, {3.0, -1.0}}), 2.0 * (density - tail), 1e-14);
  EXPECT_NEAR(expected_gain({{0.0, 1.0}, {2.0, -1.0}}), 2.0 * (density - tail), 1e-14);
}

TEST(ExpectedGain, OfParallelLinesIsNone) {
  EXPECT_EQ(expected_gain({{1.0, 2.0}}), 0.0);
  EXPECT_EQ(expected_gain({{1.0, 2.0}, {3.0, 2.0}, {3.0, 2.0}, {-1.0, 2.0}}), 0.0);
}

TEST(ExpectedGain, IsNeverNegativeHoweverHopeless) {
  EXPECT_EQ(expected_gain({{0.0, 0.0}, {-1e9, 1e-9}}), 0.0);
  EXPECT_GE(expected_gain({{0.0, 0.0}, {-1e-300, 1e-300}, {1e-300, -1e-300}}), 0.0);
}

model::Posterior posterior_on_the_plane(double noise) {
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::Vector2d(0.3, 0.5);
  theta.noise = noise;
  model::Observations data{spread_points(plane, 12, 1), Eigen::VectorXd(12), {}};
  data.y = (5.0 * data.X.rowwise().sum()).array().sin();
  return *model::Posterior::condition(model::FeatureMap({0, 0}), theta, data);
}

TEST(KnowledgeGradients, AreHowMuchHigherTheHighestMeanIsWithTheOutcomeThanWithout) {
  constexpr double noise = 0.2;
  const model::Posterior posterior = posterior_on_the_plane(noise);
  const Eigen::MatrixXd known = posterior.covariance().points();
  const Eigen::MatrixXd candidates = spread_points(plane, 5, 7);
  const double before = posterior.predict_mean(known).maxCoeff();

  const Eigen::VectorXd gradients = knowledge_gradients(posterior, candidates, noise);

  for (Eigen::Index c = 0; c < candidates.rows(); ++c) {
    const model::Prediction here = posterior.predict(candidates.row(c));
    Eigen::MatrixXd all(known.rows() + 1, 2);
    all << known, candidates.row(c);
    const auto after = [&](double z) {
      const double y = here.mean(0) + z * std::sqrt(here.variance(0) + noise);
      return posterior.with_observations({candidates.row(c), Eigen::VectorXd::Constant(1, y), {}})
          .predict_mean(all)
          .maxCoeff();
    };
    EXPECT_NEAR(gradients(c), expectation(after, 4'000) - before, 1e-5) << "candidate " << c;
  }
}

TEST(KnowledgeGradients, AreLessWhereNoiseIsMoreAndNoneWhereAllIsKnown) {
  const model::Posterior posterior = posterior_on_the_plane(1e-6);
  Eigen::MatrixXd candidates(2, 2);
  candidates << Eigen::RowVector2d(0.45, 0.55), posterior.covariance().points().row(3);

  const Eigen::VectorXd exact = knowledge_gradients(posterior, candidates, 1e-6);
  const Eigen::VectorXd noisy = knowledge_gradients(posterior, candidates, 0.5);

  EXPECT_GT(exact(0), noisy(0));
  EXPECT_GT(noisy(0), 0.0);
  EXPECT_LT(exact(1), 1e-3 * exact(0));
}

}  // namespace
}  // namespace stune::generation
