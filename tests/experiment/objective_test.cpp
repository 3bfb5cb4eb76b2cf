#include "stune/objective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/experiment/config_error.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Objective, AMinusMinimizes) {
  EXPECT_EQ(parse_optimization("accuracy").objectives, (std::vector<Objective>{{"accuracy", false}}));
  EXPECT_EQ(parse_optimization("-loss").objectives, (std::vector<Objective>{{"loss", true}}));
  EXPECT_EQ(parse_optimization(" - val/top-1.mean ").objectives, (std::vector<Objective>{{"val/top-1.mean", true}}));
}

TEST(Objective, WhatIsReadButNotSupportedSaysSo) {
  EXPECT_THAT(config_error([] { parse_optimization("a, -b"); }),
              AllOf(HasSubstr("\"a, -b\""), HasSubstr("several objectives are not supported yet")));
  EXPECT_THAT(config_error([] { parse_optimization("2*a + b"); }),
              HasSubstr("weights of metrics are not supported yet"));
  for (const char* text : {"b >= 0.5", "b<=1.2 * baseline", "b <= baseline"}) {
    EXPECT_THAT(config_error([&] { parse_optimization("a", {text}); }),
                AllOf(HasSubstr(text), HasSubstr("not supported yet")));
  }
}

TEST(Objective, WhatCannotBeReadIsQuoted) {
  for (const char* text : {"", "-", "--loss", "a b", "a,,b", "a,", "1a", "a=b"}) {
    EXPECT_THAT(config_error([&] { parse_optimization(text); }),
                AllOf(HasSubstr('"' + std::string(text) + '"'), HasSubstr("\"-loss\" to minimize")));
  }
  for (const char* text : {"", "b", "b > 1", "b >= x", "b >= inf", ">= 1", "b >= 2 * c"}) {
    EXPECT_THAT(config_error([&] { parse_optimization("a", {text}); }),
                AllOf(HasSubstr('"' + std::string(text) + '"'), HasSubstr("metric >= number")));
  }
}

}  // namespace
}  // namespace stune
