// What Slurm does not take, does not find, or does not say: what is tried again, and what ends the run.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "stune/error.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* own_limit =
    "sbatch: error: AssocMaxSubmitJobLimit\n"
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n";
constexpr const char* hourly_limit =
    "sbatch: error: Reached jobs per hour limit\n"
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n";
constexpr const char* bad_partition = "sbatch: error: Batch job submission failed: Invalid partition name specified";

class SlurmRefusals : public SlurmRunnerTest {
 protected:
  Submission array(int count) {
    Submission batch = submission(0);
    for (int trial = 1; trial < count; ++trial) batch.jobs.push_back(submission(trial).jobs[0]);
    return batch;
  }
};

TEST_F(SlurmRefusals, ALimitOfJobsPerHourEndsNothingThoughNoJobIsInTheQueue) {
  for (int i = 0; i < 5; ++i) {
    slurm_.refusals = {hourly_limit};
    submit(0);
    run_for(Seconds(1200));
    EXPECT_THAT(states(0), ElementsAre(JobState::deferred));
    reports_.clear();
  }
  submit(0);
  run_for(Seconds(10));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
}

TEST_F(SlurmRefusals, ALimitOfOwnJobsThatIsMetTwiceInAnEmptyQueueIsNoneThatPasses) {
  slurm_.jobs["7"] = {"test-coordinator"};
  slurm_.refusals = {own_limit, own_limit};

  submit(0);
  run_for(Seconds(120));
  EXPECT_THAT(states(0), ElementsAre(JobState::deferred));
  restart();
  submit(0);

  EXPECT_THROW(run_for(Seconds(120)), RunnerError);
}

TEST_F(SlurmRefusals, ALimitThatJobsOfAnotherExperimentFillDefers) {
  slurm_.jobs["7"] = {"another"};
  for (int i = 0; i < 3; ++i) {
    slurm_.refusals = {own_limit};
    submit(0);
    run_for(Seconds(1200));
    EXPECT_THAT(states(0), ElementsAre(JobState::deferred));
    reports_.clear();
  }
}

TEST_F(SlurmRefusals, WhoWasTakenBeforeHasAnAccount) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(60));
  slurm_.jobs.clear();
  for (int i = 0; i < 3; ++i) {
    slurm_.refusals = {own_limit};
    submit(1);
    run_for(Seconds(1200));
  }

  EXPECT_THAT(states(1), ElementsAre(JobState::deferred, JobState::deferred, JobState::deferred));
}

TEST_F(SlurmRefusals, WhoWasTakenBeforeIsBelievedToHaveNoAccountAnyMoreAfterHoursWithAnEmptyQueue) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(60));
  slurm_.jobs.clear();
  slurm_.every_submit = FakeSlurm::Submit::meets_own_limit;
  int hours = 0;
  const auto wait_hours = [&] {
    for (; hours < 24; ++hours) {
      restart();
      submit(1);
      run_for(Seconds(3600));
    }
  };

  EXPECT_THROW(wait_hours(), RunnerError);

  EXPECT_GE(hours, 6);
  EXPECT_LE(hours, 8);
}

TEST_F(SlurmRefusals, WhereOtherJobsFillTheQueueWhoWasTakenBeforeWaitsHoweverLong) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(60));
  slurm_.jobs = {{"7", {"another"}}};
  slurm_.every_submit = FakeSlurm::Submit::meets_own_limit;

  for (int hours = 0; hours < 30; ++hours) {
    submit(1);
    run_for(Seconds(3600));
  }

  EXPECT_EQ(states(1), std::vector<JobState>(30, JobState::deferred));
}

TEST_F(SlurmRefusals, WhatIsDeferredOrAbsentSaysWhyInMetadataThatIsKept) {
  slurm_.refusals = {hourly_limit};
  submit(0);
  run_for(Seconds(1));
  slurm_.next_submit = FakeSlurm::Submit::loses_request;
  submit(1);
  run_for(Seconds(300));

  EXPECT_THAT(states(0), ElementsAre(JobState::deferred));
  EXPECT_EQ(last_metadata(0), (Metadata{{"reason", "Reached jobs per hour limit"}}));
  EXPECT_THAT(states(1), ElementsAre(JobState::absent));
  EXPECT_THAT(last_metadata(1).at("reason"), HasSubstr("Socket timed out"));
}

TEST_F(SlurmRefusals, AFullQueueIsAskedOnceForAllThatWaits) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(60));
  slurm_.refusals = {own_limit};
  const int before = slurm_.count("sbatch");

  for (int trial = 1; trial <= 8; ++trial) submit(trial);
  run_for(Seconds(30));

  EXPECT_EQ(slurm_.count("sbatch") - before, 1);
  for (int trial = 1; trial <= 8; ++trial) EXPECT_THAT(states(trial), ElementsAre(JobState::deferred));
  restart();
  EXPECT_EQ(runner_->capacity(), 0) << "the next coordinator knows";
  run_for(Seconds(60));
  EXPECT_GT(runner_->capacity(), 0);
}

TEST_F(SlurmRefusals, WhatWasTakenBeforeIsRefusedForHoursBeforeItIsBelieved) {
  submit(0);
  run_for(Seconds(1));
  for (int hours = 0; hours < 5; ++hours) {
    slurm_.refusals = {bad_partition};
    submit(1);
    run_for(Seconds(3600));
  }
  EXPECT_EQ(states(1).size(), 5U);
  restart();
  submit(1);
  run_for(Seconds(3600));
  EXPECT_THAT(states(1), ElementsAre(JobState::pending)) << "the partition is back";
  slurm_.refusals = {bad_partition};
  submit(2);
  run_for(Seconds(6.5 * 3600));
  slurm_.refusals = {bad_partition};
  submit(3);

  EXPECT_THROW(run_for(Seconds(60)), RunnerError);
}

TEST_F(SlurmRefusals, AnotherKindOfJobThatWasNeverTakenIsRefusedAtOnce) {
  submit(0);
  run_for(Seconds(1));
  SlurmOptions options;
  options.sbatch_options = {"--partition=typo"};
  restart(options);
  slurm_.refusals = {bad_partition};
  submit(1);

  EXPECT_THROW(run_for(Seconds(60)), RunnerError);
}

TEST_F(SlurmRefusals, OnlyWhatMoreWasAskedForCanBeTooMuch) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Invalid account or account/partition combination"};
  Submission longer = submission(0, 1);
  longer.jobs[0].more_time = 1;
  runner_->submit({longer});

  EXPECT_THROW(run_for(Seconds(60)), RunnerError);
}

TEST_F(SlurmRefusals, AMachineWithoutAFreeProcessTriesAgain) {
  slurm_.every_submit = FakeSlurm::Submit::cannot_start;
  submit(0);
  run_for(Seconds(30));
  EXPECT_TRUE(states(0).empty());
  slurm_.every_submit.reset();
  run_for(Seconds(60));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
}

TEST_F(SlurmRefusals, SubmissionsThatComeToNothingAgainAndAgainEndTheRunInSbatchsWords) {
  slurm_.every_submit = FakeSlurm::Submit::loses_request;
  std::string message;
  int submitted = 0;
  try {
    for (; submitted < 10; ++submitted) {
      runner_->submit({submission(0, submitted)});
      run_for(Seconds(300));
    }
  } catch (const RunnerError& error) {
    message = error.what();
  }

  EXPECT_EQ(submitted, 4);
  EXPECT_THAT(message, HasSubstr("Socket timed out"));
  EXPECT_THAT(message, HasSubstr("job.sh"));
}

TEST_F(SlurmRefusals, ManyThatWereLostAtTheSameTimeAreOneTrouble) {
  slurm_.every_submit = FakeSlurm::Submit::loses_request;
  for (int trial = 0; trial < 10; ++trial) submit(trial);
  run_for(Seconds(600));

  for (int trial = 0; trial < 10; ++trial) EXPECT_THAT(states(trial), ElementsAre(JobState::absent));
}

TEST_F(SlurmRefusals, AnArrayThatWasCancelledByHandBeforeItStartedStaysCancelled) {
  runner_->submit({array(3)});
  run_for(Seconds(1));
  slurm_.split = false;
  for (auto& [id, job] : slurm_.jobs) {
    job.state = "CANCELLED by " + std::to_string(::geteuid());
    job.in_queue = false;
  }

  run_for(Seconds(900));

  for (int trial = 0; trial < 3; ++trial) EXPECT_EQ(ending(trial).cause, Cause::cancelled);
}

TEST_F(SlurmRefusals, ADoubtfulArrayThatOnlyAccountingKnowsIsPlacedTaskByTask) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  slurm_.split = false;
  slurm_.empty = true;

  runner_->submit({array(3)});
  run_for(Seconds(200));

  for (int trial = 0; trial < 3; ++trial) {
    EXPECT_EQ(last_metadata(trial).at("job"), "100_" + std::to_string(trial));
  }
}

TEST_F(SlurmRefusals, AClaimThatCannotBeReadIsWaitedForAndThenCostsOneAttempt) {
  std::filesystem::create_directories(attempt(0).path());
  std::ofstream(attempt(0).claim(0)) << "{\"job\": \"fa";
  slurm_.empty = true;

  runner_->adopt({submission(0)});
  run_for(Seconds(50));
  EXPECT_TRUE(states(0).empty());
  run_for(Seconds(600));

  EXPECT_EQ(ending(0).cause, Cause::lost);
  EXPECT_TRUE(std::filesystem::exists(attempt(0).claim(1))) << "fenced";
}

TEST_F(SlurmRefusals, ARunningJobWhoseClaimIsDamagedEndsAsItsRecordSays) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(attempt(0).claim(0)) << "{";
  finish("100", 0, 3);

  run_for(Seconds(300));

  EXPECT_EQ(ending(0).cause, Cause::exit_code);
}

TEST_F(SlurmRefusals, AFolderThatCannotBeReadForAWhileEndsNothing) {
  slurm_.next_submit = FakeSlurm::Submit::loses_request;
  submit(0);
  run_for(Seconds(1));
  const auto aside = folder_ / "aside";
  std::filesystem::rename(attempt(0).path(), aside);
  std::ofstream(attempt(0).path()) << "no folder\n";

  run_for(Seconds(1200));
  EXPECT_TRUE(states(0).empty());
  std::filesystem::remove(attempt(0).path());
  std::filesystem::rename(aside, attempt(0).path());
  run_for(Seconds(300));

  EXPECT_THAT(states(0), ElementsAre(JobState::absent));
}

TEST_F(SlurmRefusals, AStopIsNotLostWhereTheJobIsFoundAtTheLastMoment) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  slurm_.empty = true;
  submit(0);
  run_for(Seconds(1));
  slurm_.job("100").in_accounting = false;
  const std::vector<AttemptId> id{{0, 0}};
  runner_->stop(id);
  for (int second = 0; second < 1000 && slurm_.count("sacct") == 0; ++second) {
    clock_.advance(Seconds(1));
    poll();
  }
  ASSERT_TRUE(states(0).empty());

  ASSERT_TRUE(start("100", 0));
  run_for(Seconds(60));

  EXPECT_EQ(slurm_.job("100").state, "CANCELLED by 4242");
}

}  // namespace
}  // namespace stune::slurm
