#include "client/orchestration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runners/per_trial_runner.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

std::string refusal(const OrchestrationConfig& config) {
  try {
    check(config);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Orchestration, WhatIsInvalidIsNamedWithWhatIsValid) {
  EXPECT_EQ(refusal({}), "run_trials: max_trials: found 0, valid is 1 or more");
  EXPECT_THAT(refusal({.max_trials = 1, .parallelism = 0}), testing::HasSubstr("parallelism: found 0"));
  EXPECT_THAT(refusal({.max_trials = 1, .tolerated_trial_failure_rate = 1.5}), testing::HasSubstr("found 1.5"));
  EXPECT_THAT(refusal({.max_trials = 1, .tolerated_trial_failure_rate = std::nan("")}), testing::HasSubstr("nan"));
  EXPECT_THAT(refusal({.max_trials = 1, .initial_seconds_between_polls = 0}), testing::HasSubstr("more than 0"));
  EXPECT_THAT(refusal({.max_trials = 1, .seconds_between_polls_backoff_factor = 0.5}), testing::HasSubstr("0.5"));
  EXPECT_THAT(refusal({.max_trials = 1, .longest_seconds_between_polls = INFINITY}), testing::HasSubstr("inf"));
  EXPECT_EQ(refusal({.max_trials = 1}), "no error");
}

TEST(Orchestration, IntervalsBetweenPollsArePassedOn) {
  const PerTrialOptions passed = polling({.initial_seconds_between_polls = 5,
                                          .seconds_between_polls_backoff_factor = 2,
                                          .longest_seconds_between_polls = 40});

  EXPECT_EQ(passed.poll_start, Seconds(5));
  EXPECT_EQ(passed.poll_growth, 2);
  EXPECT_EQ(passed.poll_cap, Seconds(40));
}

}  // namespace
}  // namespace stune
