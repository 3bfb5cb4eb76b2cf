#include "analysis/hypervolume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "generation/random_numbers.hpp"

namespace stune::analysis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Losses reference{4.0, 4.0};
/// With 3 x 1 below the reference, then 2 x 1, then 1 x 1: an area of 6.
const std::vector<Losses> staircase{{1.0, 3.0}, {2.0, 2.0}, {3.0, 1.0}};

std::vector<Losses> with(std::vector<Losses> points, const std::vector<Losses>& more) {
  points.insert(points.end(), more.begin(), more.end());
  return points;
}

TEST(Hypervolume, OfAStaircaseIsTheAreaOfItsRectangles) {
  EXPECT_EQ(hypervolume(staircase, reference), 6.0);
  EXPECT_EQ(hypervolume({{1.0, 2.0}}, reference), 3.0 * 2.0);
  EXPECT_EQ(hypervolume({{-1.0, 2.0}, {3.0, -5.0}}, reference), 5.0 * 2.0 + 1.0 * 7.0);
}

TEST(Hypervolume, OfNothingIsNothing) {
  EXPECT_EQ(hypervolume({}, reference), 0.0);
  EXPECT_THAT(growing_hypervolume({}, reference), IsEmpty());
}

TEST(Hypervolume, DominatedAndEqualPointsChangeNothing) {
  EXPECT_EQ(hypervolume(with(staircase, {{2.5, 2.5}, {1.0, 3.5}, {3.5, 1.0}}), reference), 6.0);
  EXPECT_EQ(hypervolume(with(staircase, staircase), reference), 6.0);
}

TEST(Hypervolume, WhatIsNotBetterThanTheReferenceInBothCountsNothing) {
  EXPECT_EQ(hypervolume(with(staircase, {{0.0, 4.0}, {4.0, 0.0}}), reference), 6.0) << "on its border";
  EXPECT_EQ(hypervolume(with(staircase, {{0.0, 5.0}, {5.0, -9.0}, {7.0, 7.0}}), reference), 6.0) << "outside";
  EXPECT_EQ(hypervolume({reference}, reference), 0.0);
}

TEST(Hypervolume, WhatIsNotFiniteCountsNothing) {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  const std::vector<Losses> odd{{nan, 0.0}, {0.0, nan}, {nan, nan}, {-infinity, 0.0}, {0.0, infinity}};

  EXPECT_EQ(hypervolume(with(odd, staircase), reference), 6.0);
  EXPECT_EQ(growing_hypervolume(with(odd, staircase), reference).back(), 6.0);
  EXPECT_THAT(pareto_front(with(odd, staircase)), ElementsAre(5, 6, 7));
  EXPECT_EQ(hypervolume(odd, reference), 0.0);
}

TEST(Hypervolume, GrowsPointByPointToThatOfAll) {
  const std::vector<Losses> points{{3.0, 3.0}, {2.0, 2.0}, {3.5, 3.5}, {1.0, 3.0}, {2.0, 2.0}, {3.0, 1.0}, {2.0, 1.0}};

  EXPECT_THAT(growing_hypervolume(points, reference), ElementsAre(1.0, 4.0, 4.0, 5.0, 5.0, 6.0, 7.0));
}

TEST(ParetoFront, HasWhatNothingDominatesFromOneEndToTheOther) {
  EXPECT_THAT(pareto_front({{3.0, 1.0}, {2.5, 2.5}, {1.0, 3.0}, {2.0, 2.0}}), ElementsAre(2, 3, 0));
  EXPECT_THAT(pareto_front({{1.0, 3.0}, {1.0, 2.0}, {2.0, 2.0}}), ElementsAre(1)) << "equal in one, worse in the other";
  EXPECT_THAT(pareto_front({}), IsEmpty());
}

TEST(ParetoFront, EqualPointsAreAllOnIt) {
  EXPECT_THAT(pareto_front({{1.0, 1.0}, {2.0, 0.0}, {1.0, 1.0}, {2.0, 1.0}}), ElementsAre(0, 2, 1));
}

// --- the same by other means, for small sets on a grid so coarse that ties are common

bool dominates(const Losses& a, const Losses& b) { return a[0] <= b[0] && a[1] <= b[1] && a != b; }

std::vector<std::size_t> front_by_definition(const std::vector<Losses>& points) {
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::ranges::none_of(points, [&](const Losses& other) { return dominates(other, points[i]); }))
      front.push_back(i);
  }
  return front;
}

/// Areas of intersections with alternating signs, over all subsets.
double by_inclusion_and_exclusion(const std::vector<Losses>& points, const Losses& corner) {
  double area = 0.0;
  for (unsigned subset = 1; subset < 1U << points.size(); ++subset) {
    Losses common{-1e9, -1e9};
    double sign = -1.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if ((subset >> i & 1U) == 0) continue;
      sign = -sign;
      for (const std::size_t k : {0U, 1U}) common[k] = std::max(common[k], points[i][k]);
    }
    area += sign * std::max(0.0, corner[0] - common[0]) * std::max(0.0, corner[1] - common[1]);
  }
  return area;
}

TEST(Hypervolume, AgreesWithInclusionAndExclusionInAnyOrder) {
  generation::RandomNumbers random(17);
  for (int set = 0; set < 300; ++set) {
    std::vector<Losses> points;
    for (int i = 0; i < 1 + set % 9; ++i)
      points.push_back({static_cast<double>(random.below(6)), static_cast<double>(random.below(6))});
    const std::vector<double> areas = growing_hypervolume(points, reference);

    EXPECT_EQ(hypervolume(points, reference), by_inclusion_and_exclusion(points, reference)) << "set " << set;
    for (std::size_t k = 0; k < points.size(); ++k) {
      const std::vector<Losses> first(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(k + 1));
      EXPECT_EQ(areas[k], hypervolume(first, reference)) << "set " << set << ", the first " << k + 1;
    }
    std::vector<std::size_t> front = pareto_front(points);
    std::ranges::sort(front);
    EXPECT_EQ(front, front_by_definition(points)) << "set " << set;
    std::vector<Losses> turned(points.rbegin(), points.rend());
    EXPECT_EQ(hypervolume(turned, reference), areas.back()) << "set " << set;
  }
}

TEST(Hypervolume, OfManyRandomPointsIsTheSameByBothWaysAndInAnyOrder) {
  generation::RandomNumbers random(18);
  std::vector<Losses> points;
  for (int i = 0; i < 20000; ++i) {
    const double x = random.uniform();
    points.push_back({x, (i % 2 == 0 ? 0.05 : random.uniform()) / (x + 0.05)});
  }
  const double area = hypervolume(points, {1.0, 1.0});
  const std::vector<double> areas = growing_hypervolume(points, {1.0, 1.0});
  std::ranges::reverse(points);

  EXPECT_TRUE(std::ranges::is_sorted(areas));
  EXPECT_NEAR(areas.back(), area, 1e-12) << "sums of 20,000 numbers below 1";
  EXPECT_EQ(hypervolume(points, {1.0, 1.0}), area);
}

}  // namespace
}  // namespace stune::analysis
