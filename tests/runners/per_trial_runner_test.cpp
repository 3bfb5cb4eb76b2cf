#include "runners/per_trial_runner.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/fake_clock.hpp"

namespace stune {
namespace {

/// What the user's class does and sees; outlives it.
struct Bench {
  TrialStatus status = TrialStatus::running;
  bool throws = false;
  int polls = 0;
  std::vector<int> stopped;
};

class BenchRunner : public TrialRunner {
 public:
  explicit BenchRunner(Bench& bench) : bench_(bench) {}
  Metadata run_trial(int trial_index, const Parameterization&) override {
    if (bench_.throws) throw std::runtime_error("the bench is on fire");
    return {{"bench", std::to_string(trial_index)}};
  }
  TrialStatus poll_trial(int, const Metadata& metadata) override {
    ++bench_.polls;
    if (bench_.throws) throw std::runtime_error("bench " + metadata.at("bench") + " does not answer");
    return bench_.status;
  }
  void stop_trial(int trial_index, const Metadata&) override { bench_.stopped.push_back(trial_index); }

 private:
  Bench& bench_;
};

class PerTrial : public testing::Test {
 protected:
  PerTrial() : runner_(std::make_unique<BenchRunner>(bench_), {.poll_start = Seconds(1), .poll_cap = Seconds(3)}) {
    Workplace workplace;
    workplace.clock = &clock_;
    runner_.open(workplace);
  }
  static Submission submission(int trial, std::optional<Metadata> metadata = {}) {
    Job job;
    job.id = {trial, 0};
    job.metadata = std::move(metadata);
    return {"token-" + std::to_string(trial), {job}};
  }
  std::vector<JobReport> poll() { return runner_.poll(clock_.now()); }
  Seconds next() { return runner_.next_poll() - clock_.now(); }
  /// Waits until the runner wants to be polled, and polls.
  std::vector<JobReport> wait_and_poll() {
    clock_.wait({}, runner_.next_poll());
    return poll();
  }

  FakeClock clock_;
  Bench bench_;
  PerTrialRunner runner_;
};

TEST_F(PerTrial, WhatRunTrialReturnedIsReportedAsMetadata) {
  runner_.submit({submission(4)});

  const auto reports = poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].state, JobState::running);
  EXPECT_EQ(reports[0].metadata, (Metadata{{"bench", "4"}}));
}

TEST_F(PerTrial, IntervalsGrowToACapWhileNothingChanges) {
  runner_.submit({submission(0)});
  poll();

  std::vector<double> intervals;
  for (int i = 0; i < 4; ++i) {
    intervals.push_back(next().count());
    wait_and_poll();
  }

  EXPECT_EQ(intervals, (std::vector<double>{1.0, 1.5, 2.25, 3.0}));
  EXPECT_EQ(bench_.polls, 4);
}

TEST_F(PerTrial, OtherIntervalsHoldFromTheNextQuestionOn) {
  runner_.submit({submission(0)});
  poll();

  runner_.poll_with({.poll_start = Seconds(0.25), .poll_growth = 2, .poll_cap = Seconds(0.5)});
  std::vector<double> intervals;
  for (int i = 0; i < 3; ++i) {
    intervals.push_back(next().count());
    wait_and_poll();
  }

  EXPECT_EQ(intervals, (std::vector<double>{0.25, 0.5, 0.5}));
  EXPECT_EQ(bench_.polls, 3);
}

TEST_F(PerTrial, AnIntervalThatStartsAboveTheCapStaysThere) {
  runner_.poll_with({.poll_start = Seconds(300)});
  runner_.submit({submission(0)});
  poll();
  wait_and_poll();

  EXPECT_EQ(next(), Seconds(300));
}

TEST_F(PerTrial, AChangeBringsTheShortIntervalBack) {
  runner_.submit({submission(0)});
  poll();
  for (int i = 0; i < 4; ++i) wait_and_poll();

  runner_.submit({submission(1)});
  poll();

  EXPECT_EQ(next(), Seconds(1));
}

TEST_F(PerTrial, NobodyIsAskedBeforeItIsTime) {
  runner_.submit({submission(0)});
  poll();
  poll();

  EXPECT_EQ(bench_.polls, 0);
}

TEST_F(PerTrial, WithoutTrialsThereIsNothingToWaitFor) {
  runner_.submit({submission(0)});
  bench_.status = TrialStatus::completed;
  poll();

  const auto reports = wait_and_poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->cause, Cause::completed);
  EXPECT_EQ(runner_.next_poll(), TimePoint::max());
}

TEST_F(PerTrial, StatusesBecomeEndings) {
  const std::pair<TrialStatus, Cause> table[] = {{TrialStatus::completed, Cause::completed},
                                                 {TrialStatus::failed, Cause::exit_code},
                                                 {TrialStatus::abandoned, Cause::cancelled},
                                                 {TrialStatus::early_stopped, Cause::stopped}};
  int trial = 0;
  for (const auto& [status, cause] : table) {
    bench_.status = status;
    runner_.submit({submission(trial++)});
    poll();

    const auto reports = wait_and_poll();

    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].ending->cause, cause) << to_string(status);
  }
}

TEST_F(PerTrial, AThrowOfRunTrialFailsTheAttemptWithItsMessage) {
  bench_.throws = true;

  runner_.submit({submission(0)});
  const auto reports = poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->cause, Cause::exit_code);
  EXPECT_EQ(reports[0].ending->detail, "run_trial: the bench is on fire");
}

TEST_F(PerTrial, AThrowOfPollTrialFailsTheAttemptWithItsMessage) {
  runner_.submit({submission(2)});
  poll();
  bench_.throws = true;

  const auto reports = wait_and_poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->detail, "poll_trial: bench 2 does not answer");
}

TEST_F(PerTrial, AStopCallsStopTrialOnceAndEndsTheAttempt) {
  runner_.submit({submission(0)});
  poll();

  const AttemptId ids[] = {{0, 0}, {0, 0}};
  runner_.stop(ids);
  const auto reports = poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->cause, Cause::stopped);
  EXPECT_EQ(bench_.stopped, std::vector<int>{0});
}

TEST_F(PerTrial, WhatIsAdoptedWithMetadataIsAskedAgain) {
  runner_.adopt({submission(0, Metadata{{"bench", "0"}})});
  poll();
  bench_.status = TrialStatus::completed;

  const auto reports = wait_and_poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->cause, Cause::completed);
}

TEST_F(PerTrial, WhatIsAdoptedWithoutMetadataIsLost) {
  runner_.adopt({submission(0)});

  const auto reports = poll();

  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].ending->cause, Cause::lost);
  EXPECT_EQ(bench_.polls, 0);
}

}  // namespace
}  // namespace stune
