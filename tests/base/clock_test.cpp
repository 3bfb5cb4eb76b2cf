#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/wakeup.hpp"
#include "tests/support/fake_clock.hpp"

namespace stune {
namespace {

using std::chrono::microseconds;

TimePoint at(std::int64_t micros) { return TimePoint(microseconds(micros)); }

TEST(Clock, IsoTimeOfKnownMoments) {
  EXPECT_EQ(to_iso(at(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_iso(at(1'700'000'000'000'000)), "2023-11-14T22:13:20Z");  // date -u -d @1700000000
  EXPECT_EQ(to_iso(at(951'782'400'000'001)), "2000-02-29T00:00:00.000001Z");
  EXPECT_EQ(to_iso(at(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Clock, IsoTimeReadsBackToTheMicrosecond) {
  for (std::int64_t i = 0; i < 5000; ++i) {
    const TimePoint time = at(i * 1'234'567'890'123 % 4'000'000'000'000'000);

    const auto back = parse_iso(to_iso(time));

    ASSERT_TRUE(back.has_value()) << to_iso(time);
    ASSERT_EQ(*back, time);
  }
}

TEST(Clock, IsoTimeTakesAnyFraction) {
  EXPECT_EQ(parse_iso("1970-01-01T00:00:01.5Z"), at(1'500'000));
  EXPECT_EQ(parse_iso("1970-01-01T00:00:01.123456789Z"), at(1'123'456));
}

TEST(Clock, WhatIsNoIsoTimeIsNothing) {
  for (const char* text :
       {"", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-13-01T00:00:00Z",
        "1970-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:00:00Zz", "+970-01-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_iso(text).has_value()) << text;
  }
}

TEST(Clock, DurationsInWords) {
  EXPECT_EQ(to_words(Seconds(3)), "3 s");
  EXPECT_EQ(to_words(Seconds(0)), "0 s");
  EXPECT_EQ(to_words(Seconds(-4)), "0 s");
  EXPECT_EQ(to_words(Seconds(0.25)), "0.25 s");
  EXPECT_EQ(to_words(Seconds(59.7)), "1 min");
  EXPECT_EQ(to_words(Seconds(725)), "12 min 5 s");
  EXPECT_EQ(to_words(Seconds(7380)), "2 h 3 min");
  EXPECT_EQ(to_words(Seconds(3 * 86400 + 4 * 3600)), "3 d 4 h");
}

TEST(SystemClock, AReadableDescriptorEndsTheWait) {
  SystemClock clock;
  const Wakeup wakeup;
  wakeup.notify();
  const std::array descriptors{-1, wakeup.fd()};

  clock.wait(descriptors, TimePoint::max());  // would last a minute otherwise

  EXPECT_TRUE(wakeup.drain());
}

TEST(SystemClock, ADeadlineInThePastDoesNotWait) {
  SystemClock clock;

  clock.wait({}, TimePoint::min());
  clock.wait({}, clock.now());
}

TEST(SystemClock, AWaitReachesItsDeadline) {
  SystemClock clock;
  const TimePoint deadline = clock.now() + std::chrono::milliseconds(2);

  while (clock.now() < deadline) clock.wait({}, deadline);

  EXPECT_GE(clock.now(), deadline);
}

TEST(FakeClock, JumpsToTheDeadlineUnlessADescriptorIsReadable) {
  FakeClock clock;
  const TimePoint start = clock.now();
  const Wakeup wakeup;
  const std::array descriptors{wakeup.fd()};

  clock.wait(descriptors, start + std::chrono::hours(5));
  EXPECT_EQ(clock.now(), start + std::chrono::hours(5));

  wakeup.notify();
  clock.wait(descriptors, start + std::chrono::hours(9));
  EXPECT_EQ(clock.now(), start + std::chrono::hours(5));
}

}  // namespace
}  // namespace stune
