#include "trial/signal_pairs.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace stune::trial {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const SignalPairs::Time t0{};

TEST(SignalPairs, WhatTheWitnessDoesNotGetIsHandedOnOnce) {
  SignalPairs pairs;
  pairs.received(SIGTERM, t0);

  EXPECT_THAT(pairs.due(t0 + 1ms), IsEmpty());
  EXPECT_THAT(pairs.due(t0 + SignalPairs::window), ElementsAre(SIGTERM));
  EXPECT_THAT(pairs.due(t0 + 2 * SignalPairs::window), IsEmpty());
}

TEST(SignalPairs, WhatTheWitnessGetsTooIsNotHandedOnInEitherOrder) {
  SignalPairs pairs;
  pairs.received(SIGTERM, t0);
  pairs.witnessed(SIGTERM, t0 + 1ms);
  pairs.witnessed(SIGUSR1, t0 + 2ms);
  pairs.received(SIGUSR1, t0 + 3ms);

  EXPECT_THAT(pairs.due(t0 + 1h), IsEmpty());
  EXPECT_FALSE(pairs.next_due().has_value());
}

TEST(SignalPairs, OneWitnessedSignalCoversOneOfItsKindOnly) {
  SignalPairs pairs;
  pairs.witnessed(SIGUSR1, t0);
  pairs.received(SIGUSR1, t0);
  pairs.received(SIGUSR1, t0 + 1ms);
  pairs.received(SIGUSR2, t0 + 1ms);

  EXPECT_THAT(pairs.due(t0 + 1h), ElementsAre(SIGUSR1, SIGUSR2));
}

TEST(SignalPairs, AWitnessedSignalOfLongAgoCoversNothing) {
  SignalPairs pairs;
  pairs.witnessed(SIGTERM, t0);
  pairs.received(SIGTERM, t0 + 1h);

  EXPECT_THAT(pairs.due(t0 + 2h), ElementsAre(SIGTERM));
}

TEST(SignalPairs, AReportThatIsReadAfterTheWindowCounts) {
  SignalPairs pairs;
  pairs.received(SIGTERM, t0);
  pairs.witnessed(SIGTERM, t0 + 4 * SignalPairs::window);

  EXPECT_THAT(pairs.due(t0 + 4 * SignalPairs::window), IsEmpty());
}

TEST(SignalPairs, WhatIsSettledIsNotHandedOnAndItsLikeIs) {
  SignalPairs pairs;
  pairs.received(SIGTERM, t0);
  pairs.received(SIGTERM, t0 + 1ms);
  pairs.settle(SIGTERM);

  EXPECT_THAT(pairs.due(t0 + 1h), ElementsAre(SIGTERM));
}

TEST(SignalPairs, WhatIsAboutToBeWitnessedWaits) {
  SignalPairs pairs;
  pairs.received(SIGTERM, t0);
  const auto late = t0 + 2 * SignalPairs::window;
  ASSERT_THAT(pairs.overdue(late), ElementsAre(SIGTERM));
  pairs.expect(SIGTERM, late);

  EXPECT_THAT(pairs.due(late), IsEmpty());
  pairs.witnessed(SIGTERM, late + 1ms);
  EXPECT_THAT(pairs.due(late + 1h), IsEmpty());
}

}  // namespace
}  // namespace stune::trial
