#include "experiment/looks.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stune {
namespace {

const double unknown = std::nan("");

TEST(Looks, DifferWhereOnePointHasTwoOutcomes) {
  Looks looks;
  looks.add({0.0, 1.0}, 3.0, unknown);
  looks.add({0.5, 1.0}, 4.0, 0.0);
  EXPECT_EQ(looks.points(), 2U);
  EXPECT_FALSE(looks.repeated());

  looks.add({0.0, 1.0}, 3.0, unknown);
  EXPECT_TRUE(looks.repeated());
  EXPECT_FALSE(looks.differ()) << "the same again";

  looks.add({0.0, 1.0}, 3.5, unknown);
  EXPECT_TRUE(looks.differ());
  EXPECT_EQ(looks.points(), 2U);
}

TEST(Looks, DifferWhereAnErrorWasTold) {
  Looks looks;
  looks.add({0.0}, 3.0, 0.1);
  EXPECT_TRUE(looks.differ());
}

TEST(Looks, ThatFailedCountAsPointsAndTellNothing) {
  Looks looks;
  looks.add({0.0}, unknown, unknown);
  looks.add({0.0}, 3.0, unknown);
  EXPECT_FALSE(looks.repeated());
  looks.add({0.0}, 3.5, unknown);
  EXPECT_TRUE(looks.differ()) << "the first outcome counts, not the first trial";
  EXPECT_EQ(looks.points(), 1U);
}

}  // namespace
}  // namespace stune
