#include "model/bounded_lbfgs.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <limits>
#include <random>

namespace stune::model {
namespace {

double rosenbrock(const Eigen::VectorXd& x, Eigen::VectorXd& g) {
  const double a = 1.0 - x(0), b = x(1) - x(0) * x(0);
  g = Eigen::Vector2d(-2.0 * a - 400.0 * x(0) * b, 200.0 * b);
  return a * a + 100.0 * b * b;
}

template <typename F>
BoundedLbfgs minimize(F f, const Eigen::VectorXd& start, double low, double high, LbfgsOptions options = {}) {
  BoundedLbfgs search(start, Eigen::VectorXd::Constant(start.size(), low),
                      Eigen::VectorXd::Constant(start.size(), high), options);
  Eigen::VectorXd g(start.size());
  while (!search.done()) {
    EXPECT_GE(search.query().minCoeff(), low);
    EXPECT_LE(search.query().maxCoeff(), high);
    const double value = f(search.query(), g);
    if (search.tell_value(value)) search.tell_gradient(g);
  }
  return search;
}

const LbfgsOptions precise{.max_iterations = 500, .gradient_tolerance = 1e-8, .relative_decrease = 0.0};

TEST(BoundedLbfgs, FindsTheFloorOfRosenbrocksValley) {
  const auto search = minimize(rosenbrock, Eigen::Vector2d(-1.2, 1.0), -5.0, 5.0, precise);

  EXPECT_NEAR(search.point()(0), 1.0, 1e-5);
  EXPECT_NEAR(search.point()(1), 1.0, 1e-5);
  EXPECT_LT(search.iterations(), 80);
}

TEST(BoundedLbfgs, EndsOnTheBoundWhereTheMinimumIsOutside) {
  // On x <= 0.5 the minimum is at x = 0.5, y = 0.25.
  const auto search = minimize(rosenbrock, Eigen::Vector2d(-0.3, 0.4), -0.5, 0.5, precise);

  EXPECT_DOUBLE_EQ(search.point()(0), 0.5);
  EXPECT_NEAR(search.point()(1), 0.25, 1e-6);
}

TEST(BoundedLbfgs, LeavesABoundItStartedOn) {
  const auto bowl = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g = 2.0 * (x.array() - 0.3).matrix();
    return (x.array() - 0.3).square().sum();
  };

  const auto search = minimize(bowl, Eigen::Vector3d(0.0, 1.0, 0.0), 0.0, 1.0);

  EXPECT_LT((search.point().array() - 0.3).abs().maxCoeff(), 1e-5);
}

TEST(BoundedLbfgs, WalksAroundPlacesWithoutAValue) {
  const auto half = [](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
    g = Eigen::VectorXd::Constant(1, 1.0 - 1.0 / x(0));
    return x(0) > 0.0 ? x(0) - std::log(x(0)) : std::numeric_limits<double>::quiet_NaN();
  };

  const auto search = minimize(half, Eigen::VectorXd::Constant(1, 5.0), -10.0, 10.0);

  EXPECT_NEAR(search.point()(0), 1.0, 1e-3);
}

// The largest slope that the box lets a search follow.
double steepest_left(const Eigen::VectorXd& x, const Eigen::VectorXd& g, double low, double high) {
  return ((x - g).cwiseMax(low).cwiseMin(high) - x).cwiseAbs().maxCoeff();
}

TEST(BoundedLbfgs, NeverEndsWhereASmallStepInTheBoxHelps) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  for (int run = 0; run < 500; ++run) {
    SCOPED_TRACE(run);
    // A narrow valley at an angle, most often with its lowest point outside of the box.
    const Eigen::Vector2d lowest(3.0 * uniform(random) - 1.0, 3.0 * uniform(random) - 1.0);
    const double angle = 3.0 * uniform(random), narrow = std::pow(10.0, 4.0 * uniform(random));
    const Eigen::Matrix2d turn = Eigen::Rotation2Dd(angle).toRotationMatrix();
    const Eigen::Matrix2d bend = turn * Eigen::Vector2d(1.0, narrow).asDiagonal() * turn.transpose();
    const auto valley = [&](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
      g = bend * (x - lowest);
      return 0.5 * (x - lowest).dot(g);
    };

    const auto search = minimize(valley, Eigen::Vector2d(uniform(random), uniform(random)), 0.0, 1.0, precise);

    Eigen::VectorXd g;
    valley(search.point(), g);
    EXPECT_LT(steepest_left(search.point(), g, 0.0, 1.0), 1e-5 * narrow);
  }
}

TEST(BoundedLbfgs, AStartWithoutAValueIsAFailureNotALoop) {
  const auto nowhere = [](const Eigen::VectorXd&, Eigen::VectorXd&) { return std::numeric_limits<double>::infinity(); };

  EXPECT_EQ(minimize(nowhere, Eigen::VectorXd::Zero(2), -1.0, 1.0).state(), BoundedLbfgs::State::failed);
}

}  // namespace
}  // namespace stune::model
