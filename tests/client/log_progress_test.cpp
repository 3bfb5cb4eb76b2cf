#include "client/log_progress.hpp"

#include <gtest/gtest.h>

namespace stune {
namespace {

TEST(Ranges, ShowNeighboursTogether) {
  EXPECT_EQ(ranges({3}), "3");
  EXPECT_EQ(ranges({0, 1, 2}), "0 - 2");
  EXPECT_EQ(ranges({7, 2, 0, 3}), "0, 2 - 3, 7");
  EXPECT_EQ(ranges({}), "");
}

}  // namespace
}  // namespace stune
