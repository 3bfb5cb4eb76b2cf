#include "generation/exploration.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

model::Posterior posterior_in(const Domain& domain) {
  const Eigen::Index d = domain.size();
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::VectorXd::Constant(d, 0.2);
  model::Observations data{spread_points(domain, 12, 1), Eigen::VectorXd(12), {}};
  data.y = data.X.rowwise().sum().array().sin();
  return *model::Posterior::condition(model::FeatureMap(domain.categories()), theta, data);
}

Eigen::Index coordinates_that_differ(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return (a.array() != b.array()).count();
}

const Domain one_of_each_kind{
    {Dimension::continuous(), Dimension::grid(5), Dimension::categorical(3), Dimension::continuous()}};

TEST(Exploration, AlongAnAxisOneCoordinateIsAnotherByAtLeastItsLengthscale) {
  const model::Posterior posterior = posterior_in(one_of_each_kind);
  const Eigen::VectorXd centre = one_of_each_kind.centre();
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    const auto point = unexplored_along_an_axis(one_of_each_kind, posterior, centre, {}, nullptr, stream);

    ASSERT_TRUE(point);
    EXPECT_TRUE(one_of_each_kind.contains(*point));
    EXPECT_EQ(coordinates_that_differ(*point, centre), 1);
    EXPECT_GE((*point - centre).cwiseAbs().maxCoeff(), 0.2);
  }
}

TEST(Exploration, AlongAnAxisGoesWhereNothingIsKnown) {
  const Eigen::VectorXd centre = Eigen::Vector2d(0.1, 0.1);
  model::Hyperparameters theta;
  theta.lengthscales = Eigen::Vector2d(0.2, 0.2);
  Eigen::MatrixXd seen(12, 2);  // the whole of one axis
  for (int i = 0; i < 12; ++i) seen.row(i) << i / 11.0, 0.1;
  const model::Observations data{seen, Eigen::VectorXd::Zero(12), {}};
  const model::Posterior posterior = *model::Posterior::condition(model::FeatureMap({0, 0}), theta, data);

  const auto point = unexplored_along_an_axis(plane, posterior, centre, {}, nullptr, 1);

  ASSERT_TRUE(point);
  EXPECT_EQ((*point)(0), centre(0));
  EXPECT_GT((*point)(1), centre(1) + 0.2);
}

TEST(Exploration, StaysInTheBox) {
  const model::Posterior posterior = posterior_in(plane);
  const Box box{Eigen::Vector2d(0.2, 0.1), Eigen::Vector2d(0.8, 0.6)};
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    for (const auto& point :
         {unexplored(plane, posterior, box, nullptr, stream),
          unexplored_along_an_axis(plane, posterior, Eigen::Vector2d(0.4, 0.4), box, nullptr, stream)}) {
      ASSERT_TRUE(point);
      EXPECT_TRUE((point->array() >= box.lower.array()).all() && (point->array() <= box.upper.array()).all());
    }
  }
}

TEST(Exploration, ABoxBarsNoCategory) {
  const Domain six{{Dimension::categorical(6)}};
  const Box box{Eigen::VectorXd::Zero(1), Eigen::VectorXd::Ones(1)};
  const model::Posterior posterior = posterior_in(six);
  Eigen::MatrixXd others(5, 1);  // all but the last
  for (int i = 0; i < 5; ++i) others(i, 0) = six[0].value(i);
  const Exclusion excluded(six, others);

  const auto point = unexplored_along_an_axis(six, posterior, six.centre(), box, &excluded, 1);

  ASSERT_TRUE(point);
  EXPECT_EQ((*point)(0), six[0].value(5));
}

TEST(Exploration, AlongAnAxisIsNothingWhereAllIsNearOrExcluded) {
  const Domain two{{Dimension::categorical(2)}};
  const model::Posterior posterior = posterior_in(two);
  const Exclusion both(two, (Eigen::MatrixXd(2, 1) << two[0].value(0), two[0].value(1)).finished());
  EXPECT_TRUE(unexplored_along_an_axis(two, posterior, two.centre(), {}, nullptr, 1));
  EXPECT_FALSE(unexplored_along_an_axis(two, posterior, two.centre(), {}, &both, 1));

  model::Hyperparameters wide;
  wide.lengthscales = Eigen::Vector2d(2.0, 2.0);
  const model::Observations data{spread_points(plane, 4, 1), Eigen::VectorXd::Zero(4), {}};
  const model::Posterior smooth = *model::Posterior::condition(model::FeatureMap({0, 0}), wide, data);
  EXPECT_FALSE(unexplored_along_an_axis(plane, smooth, Eigen::Vector2d(0.5, 0.5), {}, nullptr, 1));
}

}  // namespace
}  // namespace stune::generation
