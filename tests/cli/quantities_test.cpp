#include "cli/quantities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "stune/error.hpp"

namespace stune::cli {
namespace {

TEST(Quantities, TimesAreReadAsPeopleWriteThem) {
  const std::vector<std::pair<const char*, double>> cases = {
      {"90", 90},    {"0", 0},       {"30s", 30},        {"5m", 300},      {"1.5m", 90},         {"2h", 7200},
      {"1d", 86400}, {"02:30", 150}, {"01:00:00", 3600}, {"00:00:30", 30}, {"1-02:00:00", 93600}};
  for (const auto& [text, seconds] : cases) EXPECT_DOUBLE_EQ(parse_duration(text).count(), seconds) << text;
}

TEST(Quantities, WhatIsNoTimeIsRefused) {
  for (const char* text : {"", "m", "-5", "5x", "5 m", "1:2:3:4", "1-2", "1:-2", "nan", "inf", "1e999"}) {
    EXPECT_THROW(parse_duration(text), ConfigError) << text;
  }
}

TEST(Quantities, WholeNumbersKnowTheirRange) {
  EXPECT_EQ(parse_whole("7", 1, 9), 7);
  for (const char* text : {"", "0", "10", "7.0", "seven", "7 ", "99999999999999999999"}) {
    EXPECT_THROW(parse_whole(text, 1, 9), ConfigError) << text;
  }
}

TEST(Quantities, PollingTakesOneTwoOrThreeParts) {
  const PollPlan plan = parse_poll("60s,2,5m");

  EXPECT_EQ(plan.start, Seconds{60});
  EXPECT_EQ(plan.growth, 2.0);
  EXPECT_EQ(plan.cap, Seconds{300});
  EXPECT_EQ(parse_poll("1").cap, Seconds{0});
  for (const char* text : {"", "0", "60,0.5", "60,2,30", "60,2,300,4", "60,,300"}) {
    EXPECT_THROW(parse_poll(text), ConfigError) << text;
  }
}

TEST(Quantities, NumbersHaveSensibleDigits) {
  const double nan = std::numeric_limits<double>::quiet_NaN();

  EXPECT_EQ(number(0.931239876), "0.93124");
  EXPECT_EQ(number(-3.0), "-3");
  EXPECT_EQ(number(1234567.0), "1234567");
  EXPECT_EQ(number(1e-7), "1e-07");
  EXPECT_EQ(number(nan), "nan");
  EXPECT_EQ(with_error(0.5, 0.0123), "0.5 +- 0.012");
  EXPECT_EQ(with_error(0.5, nan), "0.5");
  EXPECT_EQ(counted(1, "trial"), "1 trial");
  EXPECT_EQ(counted(2, "trial"), "2 trials");
}

}  // namespace
}  // namespace stune::cli
