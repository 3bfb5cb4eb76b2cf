#include "generation/domain.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "generation/exclusion.hpp"
#include "generation/random_numbers.hpp"
#include "generation/raw_points.hpp"

namespace stune::generation {
namespace {

Domain mixed() {
  return {{Dimension::continuous(), Dimension::grid(4), Dimension::grid({8, 1.0}), Dimension::categorical(3)}};
}

TEST(Dimension, SnapsToTheNearestValue) {
  EXPECT_DOUBLE_EQ(Dimension::grid(4).snap(0.45), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(Dimension::grid(1).snap(0.9), 0.5);
  EXPECT_DOUBLE_EQ(Dimension::grid({8, 1.0}).snap(0.45), std::log(3) / std::log(8));
  EXPECT_DOUBLE_EQ(Dimension::grid({8, 1.0}).snap(-5.0), 0.0);
  EXPECT_DOUBLE_EQ(Dimension::grid({8, 1.0}).snap(5.0), 1.0);
  EXPECT_DOUBLE_EQ(Dimension::categorical(3).snap(7.0), 2.0);
  EXPECT_DOUBLE_EQ(Dimension::continuous().snap(1.5), 1.0);
  EXPECT_DOUBLE_EQ(Dimension::grid(5).snap(std::numeric_limits<double>::quiet_NaN()), 0.0);
}

TEST(Dimension, AGridOfABillionValuesCostsNothing) {
  const Dimension huge = Dimension::grid(1'000'000'000);

  EXPECT_EQ(huge.nearest(huge.value(123'456'789)), 123'456'789);
}

TEST(Domain, CountsAndNumbersItsPoints) {
  const Domain domain{{Dimension::grid(4), Dimension::categorical(3), Dimension::grid(2)}};

  ASSERT_EQ(domain.count(), 24);
  std::set<std::int64_t> seen;
  for (std::int64_t i = 0; i < 24; ++i) {
    EXPECT_TRUE(domain.contains(domain.point(i)));
    EXPECT_EQ(domain.index_of(domain.point(i)), i);
    seen.insert(domain.index_of(domain.point(i)));
  }
  EXPECT_EQ(seen.size(), 24u);
  EXPECT_FALSE(mixed().count());
  EXPECT_FALSE((Domain{std::vector<Dimension>(40, Dimension::grid(1000))}.count()));
}

TEST(Domain, UniformNumbersGiveEveryValueItsShare) {
  const Domain domain = mixed();
  const Eigen::MatrixXd P = spread_points(domain, 1024, 3);

  for (Eigen::Index i = 0; i < P.rows(); ++i) ASSERT_TRUE(domain.contains(P.row(i).transpose()));
  EXPECT_EQ((P.col(1).array() == 0.0).count(), 256);
  EXPECT_NEAR(static_cast<double>((P.col(2).array() < 0.5).count()), 512.0, 60.0) << "its share of the logarithm";
  EXPECT_NEAR(static_cast<double>((P.col(3).array() == 2.0).count()), 1024.0 / 3.0, 2.0);
}

TEST(Domain, CentreIsAPointOfIt) { EXPECT_TRUE(mixed().contains(mixed().centre())); }

TEST(SpreadPoints, FillABoxAndDoNotLeaveIt) {
  const Domain domain = mixed();
  Box box{Eigen::Vector4d(0.4, 0.2, 0.0, 0.0), Eigen::Vector4d(0.6, 0.9, 0.4, 1.0)};

  const Eigen::MatrixXd P = spread_points(domain, 256, 3, box);

  for (Eigen::Index i = 0; i < P.rows(); ++i) ASSERT_TRUE(domain.contains(P.row(i).transpose()));
  EXPECT_GE(P.col(0).minCoeff(), 0.4);
  EXPECT_LE(P.col(0).maxCoeff(), 0.6);
  EXPECT_LT(P.col(0).minCoeff(), 0.41);
  EXPECT_GT(P.col(0).maxCoeff(), 0.59);
  EXPECT_LE(P.col(2).maxCoeff(), 0.6) << "the value nearest to the box's edge";
  EXPECT_EQ(P.col(3).maxCoeff(), 2.0);
}

TEST(LocalPoints, StayInTheDomainAndAlwaysMove) {
  const Domain domain = mixed();
  RandomNumbers random(5);
  const Eigen::MatrixXd centre = domain.centre().transpose();

  const Eigen::MatrixXd P = local_points(domain, centre, 500, random);

  for (Eigen::Index i = 0; i < P.rows(); ++i) {
    ASSERT_TRUE(domain.contains(P.row(i).transpose()));
    ASSERT_NE(P.row(i), centre.row(0));
  }
}

TEST(Exclusion, KnowsPointsOfMixedDomainsWithinABillionth) {
  const Domain domain = mixed();
  const Eigen::MatrixXd points = domain.centre().transpose();
  const Exclusion excluded(domain, points);
  Eigen::VectorXd other = domain.centre();

  other(0) += 1e-10;
  EXPECT_TRUE(excluded.contains(other));
  other(0) += 1e-6;
  EXPECT_FALSE(excluded.contains(other));
  EXPECT_FALSE(excluded.is_everything());
}

TEST(Exclusion, OfThousandsOfPointsFindsWhatLookingAtEachFinds) {
  const Domain domain{{Dimension::continuous(), Dimension::categorical(3), Dimension::continuous()}};
  const Eigen::MatrixXd points = spread_points(domain, 3000, 1);
  const Exclusion excluded(domain, points);
  RandomNumbers random(2);
  int found = 0;
  for (int i = 0; i < 2000; ++i) {
    Eigen::VectorXd point = points.row(random.below(3000)).transpose();
    point(2 * random.below(2)) += std::pow(10.0, -10.5 + 3.0 * random.uniform());
    bool known = false;
    for (Eigen::Index k = 0; k < 3000; ++k) {
      known = known || (points.row(k).transpose() - point).cwiseAbs().maxCoeff() <= 1e-9;
    }
    EXPECT_EQ(excluded.contains(point), known);
    found += known ? 1 : 0;
  }
  EXPECT_GT(found, 500);
  EXPECT_LT(found, 1500);
}

TEST(Exclusion, FindsTheOnePointThatIsLeft) {
  const Domain domain{{Dimension::grid(30), Dimension::categorical(10)}};
  Eigen::MatrixXd points(299, 2);
  for (std::int64_t i = 0, row = 0; i < 300; ++i) {
    if (i != 123) points.row(row++) = domain.point(i).transpose();
  }

  const Exclusion excluded(domain, points);

  EXPECT_FALSE(excluded.is_everything());
  EXPECT_EQ(excluded.first_left(), domain.point(123));
}

}  // namespace
}  // namespace stune::generation
