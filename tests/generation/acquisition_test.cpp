#include "generation/acquisition.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace stune::generation {
namespace {

struct Row {
  double z, log_h, slope;
};

// From 60-digit arithmetic.
constexpr Row exact_rows[] = {
    {5, 1.6094379231264314, .19999994053122005},     {1, .08002621884930694, .77663872520173926},
    {0, -.91893853320467274, 1.2533141373155003},    {-.5, -1.6205162643873199, 1.5598731483480797},
    {-1, -2.4851210257126413, 1.9042712333296918},   {-2, -4.7687835239171142, 2.679416883955586},
    {-5, -16.74430116266099, 5.3618162412880885},    {-10, -55.553122036122356, 10.194383033412553},
    {-25, -319.86146358149595, 25.079620234266533},  {-50, -1258.7441828684609, 50.039952133872655},
    {-100, -5010.1295788002498, 100.01999400419587}, {-1e3, -500014.73445209116, 1000.001999994},
    {-1e4, -50000019.339619307, 10000.0002}};

TEST(LogH, AgreesWithExactValuesTo13Digits) {
  for (const Row& row : exact_rows) {
    const LogH h = log_h(row.z);

    EXPECT_NEAR(h.value, row.log_h, 1e-13 * std::abs(row.log_h)) << row.z;
    EXPECT_NEAR(h.slope, row.slope, 1e-13 * row.slope) << row.z;
  }
  EXPECT_NEAR(log_h(-1e6).value, -500000000028.54996, 1e-13 * 5e11);
  EXPECT_NEAR(log_h(-1e8).value, -5000000000000037.8, 1e-13 * 5e15);
}

TEST(LogH, HasNoStepWhereFormulasMeet) {
  for (const double seam : {-3.0, -6.0, -40.0}) {
    const LogH below = log_h(std::nextafter(seam, -100.0)), above = log_h(std::nextafter(seam, 100.0));

    EXPECT_NEAR(below.value, above.value, 1e-13 * std::abs(below.value));
    EXPECT_NEAR(below.slope, above.slope, 1e-13 * below.slope);
  }
}

model::Posterior some_posterior() {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  model::Observations data{Eigen::MatrixXd(20, 3), Eigen::VectorXd(20), {}};
  for (Eigen::Index i = 0; i < 20; ++i) {
    data.X.row(i) << uniform(random), std::floor(3.0 * uniform(random)), uniform(random);
    data.y(i) = std::sin(5.0 * data.X(i, 0)) + data.X(i, 2) + data.X(i, 1);
  }
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::Vector3d(0.5, 1.0, 0.8);
  return model::Posterior::condition(model::FeatureMap({0, 3, 0}), theta, data).value();
}

TEST(LogExpectedImprovement, GradientIsTheSlope) {
  const model::Posterior posterior = some_posterior();
  for (const double best : {-1.0, 2.0, 30.0}) {  // above, around, and hopelessly below what is to be improved
    const LogExpectedImprovement acquisition(posterior, best);
    Eigen::MatrixXd P(2, 3);
    P << 0.31, 1.0, 0.72, 0.05, 2.0, 0.44;
    Eigen::MatrixXd gradients;

    const Eigen::VectorXd values = acquisition.values(P, gradients);

    EXPECT_LT((values - acquisition.values(P)).cwiseAbs().maxCoeff(), 1e-9 * values.cwiseAbs().maxCoeff());
    constexpr double h = 1e-6;
    for (const Eigen::Index j : {0, 2}) {
      Eigen::MatrixXd left = P, right = P;
      left.col(j).array() -= h;
      right.col(j).array() += h;
      const Eigen::VectorXd slope = (acquisition.values(right) - acquisition.values(left)) / (2.0 * h);
      for (Eigen::Index i = 0; i < 2; ++i) EXPECT_NEAR(gradients(i, j), slope(i), 1e-6 * (1.0 + std::abs(slope(i))));
    }
    EXPECT_TRUE(gradients.col(1).isZero());
  }
}

/// What BoTorch 0.18.1 gives (SingleTaskGP with a scaled Matern-5/2 kernel, LogExpectedImprovement).
struct Reference {
  Eigen::VectorXd x;
  double mean, variance, value;
  Eigen::VectorXd gradient;
};

struct ReferenceModel {
  Eigen::Index n;
  model::Hyperparameters theta;
  double above_the_best;
  std::vector<Reference> at;
};

Eigen::VectorXd vector(std::initializer_list<double> numbers) {
  return Eigen::Map<const Eigen::VectorXd>(numbers.begin(), static_cast<Eigen::Index>(numbers.size()));
}

std::vector<ReferenceModel> botorch() {
  return {
      {12,
       {vector({0.4, 0.9}), 1.3, 0.001, 0.1},
       0.0,
       {
           {vector({5.0 / 23, 22.0 / 23}), 1.3419613169130788, 0.04144100156471198, -0.7755480558339175,
            vector({-1.4210602562737336, 2.4085204561803266})},
           {vector({13.0 / 23, 7.0 / 23}), -0.1499934537942927, 0.021970916677062968, -31.020961546699215,
            vector({609.3897597755949, 297.71642455951314})},
           {vector({21.0 / 23, 15.0 / 23}), 0.5323037054108081, 0.01195724518523833, -10.81150306559505,
            vector({267.5119361149673, 104.61229964085503})},
       }},
      {25,
       {vector({0.3, 0.8, 2.5}), 0.7, 0.0001, -0.4},
       0.5,
       {
           {vector({5.0 / 23, 22.0 / 23, 16.0 / 23}), 0.20268740406064045, 0.007724941124136575, -98.63327457864722,
            vector({-2937.0203446832675, 464.124919202452, 25.448451525460378})},
           {vector({13.0 / 23, 7.0 / 23, 1.0 / 23}), -0.1553019612295682, 0.0033718688246461292, -360.9263233976087,
            vector({9302.540596072893, -2070.146484342895, -1635.038567942669})},
           {vector({21.0 / 23, 15.0 / 23, 9.0 / 23}), 0.23784735678192714, 0.0014817117663258328, -452.984289995466,
            vector({-2442.8459431960746, 2358.735593728935, 2359.0313035822105})},
       }},
      {8,
       {vector({0.2}), 2.0, 0.01, 0.0},
       30.0,
       {
           {vector({5.0 / 23}), 0.5474141209831994, 0.011876504713135727, -38755.10603711875,
            vector({730618.3632789757})},
           {vector({13.0 / 23}), -0.25890044429851866, 0.014314013526748548, -33889.27920875531,
            vector({-583846.5670868689})},
           {vector({21.0 / 23}), 0.09404159030797359, 1.423487774707628, -340.2049121847666,
            vector({1423.2789431232245})},
       }},
  };
}

model::Observations observations_of(const ReferenceModel& reference) {
  const Eigen::Index d = reference.theta.lengthscales.size();
  model::Observations data{Eigen::MatrixXd(reference.n, d), Eigen::VectorXd(reference.n), {}};
  for (Eigen::Index i = 0; i < reference.n; ++i) {
    for (Eigen::Index j = 0; j < d; ++j) {
      data.X(i, j) = static_cast<double>((i * (2 * j + 3) * 37 + 11 * j) % 101) / 101.0;
    }
    data.y(i) = static_cast<double>((i * 53 + 29) % 17) / 17.0 * 2.0 - 1.0;
  }
  return data;
}

TEST(LogExpectedImprovement, AgreesWithBoTorchInPosteriorValueAndGradient) {
  for (const ReferenceModel& reference : botorch()) {
    const auto d = reference.theta.lengthscales.size();
    const model::FeatureMap map(std::vector<int>(static_cast<std::size_t>(d), 0));
    const model::Observations data = observations_of(reference);
    const auto posterior = model::Posterior::condition(map, reference.theta, data);
    const LogExpectedImprovement acquisition(*posterior, data.y.maxCoeff() + reference.above_the_best);
    for (const Reference& expected : reference.at) {
      Eigen::MatrixXd gradient;

      const model::Prediction found = posterior->predict(expected.x.transpose());
      const double value = acquisition.values(expected.x.transpose(), gradient)(0);

      EXPECT_NEAR(found.mean(0), expected.mean, 1e-9);
      EXPECT_NEAR(found.variance(0), expected.variance, 1e-9);
      EXPECT_NEAR(value, expected.value, 1e-6 * std::abs(expected.value));
      EXPECT_LT((gradient.row(0).transpose() - expected.gradient).norm(), 1e-6 * expected.gradient.norm());
    }
  }
}

TEST(LogExpectedImprovement, IsTheLogarithmOfTheAverageImprovement) {
  const model::Posterior posterior = some_posterior();
  const Eigen::MatrixXd P = Eigen::RowVector3d(0.9, 0.0, 0.1);
  const model::Prediction at = posterior.predict(P);
  const double sd = std::sqrt(at.variance(0)), best = at.mean(0) + 0.3 * sd;

  const double value = LogExpectedImprovement(posterior, best).values(P)(0);

  // Midpoint rule over 8 standard deviations.
  double sum = 0.0;
  constexpr int steps = 100'000;
  for (int i = 0; i < steps; ++i) {
    const double z = -8.0 + 16.0 * (i + 0.5) / steps;
    sum += std::max(at.mean(0) + sd * z - best, 0.0) * std::exp(-0.5 * z * z) / std::sqrt(2.0 * M_PI) * 16.0 / steps;
  }
  EXPECT_NEAR(value, std::log(sum), 1e-8);
}

}  // namespace
}  // namespace stune::generation
