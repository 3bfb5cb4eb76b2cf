#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/background_report.hpp"
#include "cli/sparkline.hpp"

namespace stune::cli {
namespace {

TEST(BackgroundReport, CostsATwentiethOfTheCoordinatorAtMost) {
  EXPECT_FALSE(can_afford_report({.own = 1.0}));
  EXPECT_TRUE(can_afford_report({.own = 10.0}));
  EXPECT_FALSE(can_afford_report({.own = 10.0, .spent = 0.3, .last = 0.3}));
  EXPECT_TRUE(can_afford_report({.own = 12.0, .spent = 0.3, .last = 0.3}));
  EXPECT_FALSE(can_afford_report({.own = 12.0, .spent = 0.3, .last = 3.0}));
}

TEST(Sparkline, HasABlockForEachPartOfTheValues) {
  EXPECT_EQ(sparkline({8, 6, 6, 1}, 10), "█▆▆▁");
  EXPECT_EQ(sparkline({0, 0, 1, 1, 2, 2}, 3), "▁▅█");
  EXPECT_EQ(sparkline({1, 1, 1}, 10), "");
  EXPECT_EQ(sparkline({1}, 10), "");
  EXPECT_EQ(sparkline({}, 10), "");
}

}  // namespace
}  // namespace stune::cli
