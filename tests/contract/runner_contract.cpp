#include "tests/contract/runner_contract.hpp"

namespace stune::contract {
namespace {

TEST_P(RunnerContract, ASubmittedJobEndsExactlyOnce) {
  const Job good = job(0, Behaviour::succeeds);
  const Job other = job(1, Behaviour::succeeds);

  submit({good, other});
  ASSERT_TRUE(drive_until({good, other}, JobState::ended));
  drive_until_quiet();

  EXPECT_EQ(ending(good).cause, Cause::completed);
  EXPECT_EQ(ending(other).cause, Cause::completed);
  EXPECT_EQ(count(good, JobState::ended), 1);
  EXPECT_EQ(count(other, JobState::ended), 1);
  EXPECT_EQ(world_->starts(good.id), 1);
}

TEST_P(RunnerContract, AJobIsReportedAsRunningBeforeItEnds) {
  const Job waiting = job(0, Behaviour::waits);

  submit({waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::running));
  EXPECT_FALSE(is(waiting, JobState::ended));
  world_->tell(waiting.id);
  ASSERT_TRUE(drive_until({waiting}, JobState::ended));

  EXPECT_EQ(count(waiting, JobState::running), 1);
  EXPECT_EQ(states(waiting).back(), JobState::ended);
}

TEST_P(RunnerContract, SubmittingAgainChangesNothing) {
  const Job waiting = job(0, Behaviour::waits);

  submit({waiting});
  submit({waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::running));
  submit({waiting});
  world_->tell(waiting.id);
  ASSERT_TRUE(drive_until({waiting}, JobState::ended));
  submit({waiting});
  drive_until_quiet();

  EXPECT_EQ(count(waiting, JobState::ended), 1);
  EXPECT_EQ(world_->starts(waiting.id), 1);
}

TEST_P(RunnerContract, SubmitReturnsWhileACommandThatNeverEndsRuns) {
  std::vector<Job> endless;
  for (int trial = 0; trial < 20; ++trial) endless.push_back(job(trial, Behaviour::waits));

  submit(endless);

  EXPECT_TRUE(drive_until({endless.front()}, JobState::running));
  for (const Job& one : endless) EXPECT_FALSE(is(one, JobState::ended));
}

TEST_P(RunnerContract, AFailingCommandGivesItsExitCodeAndLastWords) {
  const Job bad = job(0, Behaviour::fails);

  submit({bad});
  ASSERT_TRUE(drive_until({bad}, JobState::ended));

  EXPECT_EQ(ending(bad).cause, Cause::exit_code);
  if (world_->sees_exit_codes()) {
    EXPECT_EQ(ending(bad).exit_code, 3);
  }
  if (world_->sees_output()) {
    EXPECT_NE(ending(bad).detail.find("line 3\nline 4\nline 5\nline 6\nline 7"), std::string::npos)
        << ending(bad).detail;
    EXPECT_EQ(ending(bad).detail.find("line 1"), std::string::npos);
  }
}

TEST_P(RunnerContract, AStopIsIdempotentAndItsEndIsReportedOnce) {
  const Job waiting = job(0, Behaviour::waits);
  submit({waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::running));

  stop({waiting});
  stop({waiting, waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::ended));
  stop({waiting});
  drive_until_quiet();

  EXPECT_EQ(ending(waiting).cause, Cause::stopped);
  EXPECT_EQ(count(waiting, JobState::ended), 1);
}

TEST_P(RunnerContract, AStopRightAfterSubmitEndsTheJob) {
  const Job waiting = job(0, Behaviour::waits);

  submit({waiting});
  stop({waiting});

  ASSERT_TRUE(drive([&] { return is(waiting, JobState::ended) || is(waiting, JobState::absent); }));
  if (is(waiting, JobState::ended)) {
    EXPECT_EQ(ending(waiting).cause, Cause::stopped);
  }
}

TEST_P(RunnerContract, ACommandThatIgnoresRequestsIsStoppedAllTheSame) {
  if (!world_->can_ignore_requests()) GTEST_SKIP() << "no process to ask";
  const Job stubborn = job(0, Behaviour::ignores_requests);
  submit({stubborn});
  ASSERT_TRUE(drive([&] { return world_->starts(stubborn.id) == 1 && is(stubborn, JobState::running); }));

  stop({stubborn});

  ASSERT_TRUE(drive_until({stubborn}, JobState::ended));
  EXPECT_EQ(ending(stubborn).cause, Cause::stopped);
}

TEST_P(RunnerContract, StoppingWhatIsUnknownIsHarmless) {
  const Job good = job(0, Behaviour::succeeds);
  const Job never = job(7, Behaviour::succeeds);

  stop({never});
  submit({good});
  stop({never});

  ASSERT_TRUE(drive_until({good}, JobState::ended));
  EXPECT_EQ(ending(good).cause, Cause::completed);
  EXPECT_TRUE(states(never).empty());
}

TEST_P(RunnerContract, AStopOfWhatHasEndedReportsNothing) {
  const Job good = job(0, Behaviour::succeeds);
  submit({good});
  ASSERT_TRUE(drive_until({good}, JobState::ended));

  stop({good});
  drive_until_quiet();

  EXPECT_EQ(ending(good).cause, Cause::completed);
  EXPECT_EQ(count(good, JobState::ended), 1);
}

TEST_P(RunnerContract, PollWithoutNewsGivesNothing) {
  const Job waiting = job(0, Behaviour::waits);
  submit({waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::running));
  const std::size_t before = reports_.size();

  const auto first = runner().poll(world_->clock().now());
  const auto second = runner().poll(world_->clock().now());

  EXPECT_EQ(reports_.size(), before);
  EXPECT_TRUE(first.empty());
  EXPECT_TRUE(second.empty());
}

TEST_P(RunnerContract, BatchesAreOfOneJobAtLeast) {
  const Job one = job(0, Behaviour::succeeds);
  const Job other = job(1, Behaviour::succeeds);

  const int most = runner().max_batch();
  const std::string key = runner().batch_key(one);

  ASSERT_GE(most, 1);
  EXPECT_EQ(key, runner().batch_key(one));
  Submission batch = submission(one);
  jobs_[one.id] = one;
  if (most >= 2 && runner().batch_key(other) == key) {
    batch.jobs.push_back(other);
    jobs_[other.id] = other;
  }
  runner().submit({batch});
  ASSERT_TRUE(drive_until(batch.jobs, JobState::ended));
}

TEST_P(RunnerContract, JobsSurviveTheRunnerAndAreAdopted) {
  const Job waiting = job(0, Behaviour::waits);
  submit({waiting});
  ASSERT_TRUE(drive([&] { return is(waiting, JobState::running) && world_->starts(waiting.id) == 1; }));

  restart();
  adopt({waiting});
  ASSERT_TRUE(drive_until({waiting}, JobState::running));
  EXPECT_FALSE(is(waiting, JobState::ended));
  world_->tell(waiting.id);
  ASSERT_TRUE(drive_until({waiting}, JobState::ended));

  EXPECT_EQ(ending(waiting).cause, Cause::completed);
  EXPECT_EQ(world_->starts(waiting.id), 1);
}

TEST_P(RunnerContract, AnAdoptedJobCanBeStopped) {
  const Job waiting = job(0, Behaviour::waits);
  submit({waiting});
  ASSERT_TRUE(drive([&] { return is(waiting, JobState::running) && world_->starts(waiting.id) == 1; }));

  restart();
  adopt({waiting});
  stop({waiting});

  ASSERT_TRUE(drive_until({waiting}, JobState::ended));
  EXPECT_EQ(ending(waiting).cause, Cause::stopped);
}

TEST_P(RunnerContract, WhatEndedWithoutACoordinatorIsReportedWhenAdopted) {
  const Job good = job(0, Behaviour::waits);
  const Job bad = job(1, Behaviour::fails);
  submit({good, bad});
  ASSERT_TRUE(drive([&] { return world_->starts(good.id) == 1 && world_->starts(bad.id) == 1; }));
  ASSERT_TRUE(drive([&] { return metadata_.contains(good.id) && metadata_.contains(bad.id); }));

  restart();
  world_->tell(good.id);
  adopt({good, bad});

  ASSERT_TRUE(drive_until({good, bad}, JobState::ended));
  EXPECT_EQ(ending(good).cause, Cause::completed);
  EXPECT_EQ(ending(bad).cause, Cause::exit_code);
  EXPECT_EQ(count(good, JobState::ended), 1);
  EXPECT_EQ(world_->starts(bad.id), 1);
}

TEST_P(RunnerContract, WhatHadBeenReportedIsReportedAgainToTheNextCoordinator) {
  const Job good = job(0, Behaviour::succeeds);
  submit({good});
  ASSERT_TRUE(drive_until({good}, JobState::ended));

  restart();
  adopt({good});

  ASSERT_TRUE(drive_until({good}, JobState::ended));
  EXPECT_EQ(ending(good).cause, Cause::completed);
  EXPECT_EQ(world_->starts(good.id), 1);
}

TEST_P(RunnerContract, WhatNeverStartedIsAbsentAndALateStartDoesNothing) {
  const Job never = job(0, Behaviour::succeeds);

  adopt({never});
  ASSERT_TRUE(drive([&] { return is(never, JobState::absent) || is(never, JobState::ended); }));

  if (!world_->proves_absence()) {
    EXPECT_EQ(ending(never).cause, Cause::lost);
    return;
  }
  EXPECT_EQ(count(never, JobState::absent), 1);
  world_->start_late(never);
  EXPECT_EQ(world_->starts(never.id), 0);
}

TEST_P(RunnerContract, AdoptingAgainChangesNothing) {
  const Job waiting = job(0, Behaviour::waits);
  submit({waiting});
  ASSERT_TRUE(drive([&] { return is(waiting, JobState::running) && world_->starts(waiting.id) == 1; }));

  restart();
  adopt({waiting});
  adopt({waiting});
  world_->tell(waiting.id);
  ASSERT_TRUE(drive_until({waiting}, JobState::ended));
  adopt({waiting});
  drive_until_quiet();

  EXPECT_EQ(count(waiting, JobState::ended), 1);
  EXPECT_EQ(world_->starts(waiting.id), 1);
}

}  // namespace

// Programs that hold the suite without a runner are as good as any.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RunnerContract);

}  // namespace stune::contract
