#include "scheduler/patience.hpp"

#include <gtest/gtest.h>

namespace stune {
namespace {

Seconds after(std::initializer_list<double> durations, int parallel = 1) {
  Patience patience;
  for (const double seconds : durations) patience.learn(Seconds{seconds});
  return patience.value(parallel);
}

TEST(Patience, IsNoneBeforeTheFirstTrialHasEnded) { EXPECT_EQ(after({}), Seconds{0}); }

TEST(Patience, IsOnePercentOfTheMedianTrial) { EXPECT_DOUBLE_EQ(after({100, 300, 5000}).count(), 3.0); }

TEST(Patience, IsATenthOfASecondWhereTrialsTakeLessThanASecond) {
  EXPECT_DOUBLE_EQ(after({0.01, 0.02, 0.5}).count(), 0.1);
}

TEST(Patience, IsSharedByTrialsThatRunAtATime) { EXPECT_DOUBLE_EQ(after({100, 300, 5000}, 6).count(), 0.5); }

TEST(Patience, ForgetsLongGoneTrials) {
  Patience patience;
  for (int i = 0; i < 100; ++i) patience.learn(Seconds{10'000});
  for (int i = 0; i < 64; ++i) patience.learn(Seconds{200});

  EXPECT_DOUBLE_EQ(patience.value(1).count(), 2.0);
}

}  // namespace
}  // namespace stune
