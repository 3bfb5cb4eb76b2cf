// Jobs in the queue, and how each of them ends.
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::HasSubstr;

using SlurmWatching = SlurmRunnerTest;

TEST_F(SlurmWatching, FinishedTrialsAreSeenInFilesWithinSecondsAndTheQueueIsNotAsked) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);

  run_for(Seconds(10));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(last_metadata(0).at(start_key), "0");
  EXPECT_EQ(slurm_.count("squeue"), 0);
}

TEST_F(SlurmWatching, OneQueryAMinuteAtMostForHoweverManyJobs) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  run_for(Seconds(5));
  for (int trial = 1; trial < 60; ++trial) submit(trial);
  const int before = slurm_.count("squeue");

  run_for(Seconds(1800));

  EXPECT_LE(slurm_.count("squeue") - before, 12);
  EXPECT_EQ(slurm_.count("sacct"), 0);
  EXPECT_EQ(slurm_.count("scontrol"), 1);
  EXPECT_EQ(runner_->command_counts().at("squeue").failures, 0);
}

TEST_F(SlurmWatching, AControllerThatIsDownForAnHourFailsNoJob) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.down = slurm_.database_down = true;

  run_for(Seconds(3600));
  EXPECT_FALSE(has_ended(0));
  EXPECT_GT(runner_->command_counts().at("squeue").failures, 0);
  finish("100", 0, 0);
  run_for(Seconds(15));

  EXPECT_EQ(ending(0).cause, Cause::completed);
}

TEST_F(SlurmWatching, EmptyAnswersFailNoJobThatAccountingKnowsToRun) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.empty = true;

  run_for(Seconds(3600));
  slurm_.empty = false;
  run_for(Seconds(1200));

  EXPECT_FALSE(has_ended(0));
}

TEST_F(SlurmWatching, AVanishedJobIsLostAfterTwoLooksAndTwoMinutesAndFenced) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  run_for(Seconds(30));
  slurm_.jobs.erase("100");

  run_for(Seconds(100));
  EXPECT_FALSE(has_ended(0));
  run_for(Seconds(900));

  EXPECT_EQ(ending(0).cause, Cause::lost);
  slurm_.jobs["100"] = {};
  EXPECT_FALSE(start("100", 0, 1));
}

TEST_F(SlurmWatching, WithoutAccountingTheQueueDecidesAndSacctIsAskedOnceAtMost) {
  slurm_.accounting = false;
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.jobs.erase("100");

  run_for(Seconds(1200));

  EXPECT_EQ(ending(0).cause, Cause::lost);
  EXPECT_LE(slurm_.count("sacct"), 1);
}

TEST_F(SlurmWatching, ExitZeroAfterATerminationSignalWaitsForSlurmsWord) {
  for (const int trial : {0, 1}) submit(trial);
  run_for(Seconds(1));
  for (const int trial : {0, 1}) {
    const std::string job = std::to_string(100 + trial);
    ASSERT_TRUE(start(job, trial));
    finish(job, trial, 0, {SIGTERM});
  }

  run_for(Seconds(10));
  EXPECT_FALSE(has_ended(0));
  slurm_.job("100").state = "COMPLETED";
  slurm_.job("101").state = "TIMEOUT";
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(ending(1).cause, Cause::timeout);
}

TEST_F(SlurmWatching, WhoCancelledIsAskedOfAccounting) {
  for (const int trial : {0, 1}) submit(trial);
  run_for(Seconds(1));
  slurm_.job("100").state = "CANCELLED by " + std::to_string(::geteuid());
  slurm_.job("101").state = "CANCELLED by 4242";

  run_for(Seconds(400));

  EXPECT_EQ(ending(0).cause, Cause::cancelled);
  EXPECT_EQ(ending(1).cause, Cause::preempted);
}

TEST_F(SlurmWatching, ARequeuedJobIsOneAttemptAndItsSecondStartCounts) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  run_for(Seconds(20));
  finish("100", 0, 0, {SIGTERM});
  slurm_.job("100").state = "PENDING";
  slurm_.job("100").reason = "BeginTime";
  run_for(Seconds(400));
  EXPECT_FALSE(has_ended(0));

  ASSERT_TRUE(start("100", 0, 1));
  finish("100", 0, 0, {}, 1);
  run_for(Seconds(15));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(last_metadata(0).at(start_key), "1");
}

TEST_F(SlurmWatching, AnAdoptedJobIsKnownByItsIdAndTheNextIdOfAnotherNameIsNotTakenForIt) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  Submission known = submission(0);
  known.jobs[0].metadata = Metadata{{"job", "100"}};
  restart();
  slurm_.jobs.erase("100");
  slurm_.jobs["100"] = {"somebody else's", "COMPLETED"};

  runner_->adopt({known});
  run_for(Seconds(30));
  EXPECT_FALSE(has_ended(0));
  run_for(Seconds(1200));

  EXPECT_EQ(ending(0).cause, Cause::lost);
}

TEST_F(SlurmWatching, AStuckJobSaysWhyAndWhatToDoOnceAndForgetsItWhenItMoves) {
  submit(0);
  run_for(Seconds(1));
  slurm_.job("100").reason = "ReqNodeNotAvail, UnavailableNodes:n1";
  run_for(Seconds(200));
  EXPECT_EQ(last_metadata(0).at("reason"), "ReqNodeNotAvail, UnavailableNodes:n1");
  EXPECT_THAT(reports_.back().detail, HasSubstr("nodes that it needs are down"));
  const std::size_t said = reports_.size();
  slurm_.job("100").reason = "ReqNodeNotAvail, UnavailableNodes:n2";
  run_for(Seconds(600));
  EXPECT_EQ(reports_.size(), said);
  slurm_.job("100").reason = "Priority";
  run_for(Seconds(600));

  EXPECT_FALSE(last_metadata(0).contains("reason"));
}

TEST_F(SlurmWatching, EveryCommandIsCountedAndTheRateIsShown) {
  submit(0);
  run_for(Seconds(1200));

  const auto lines = runner_->budget(clock_.now());
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines[0], testing::MatchesRegex("0\\.[1-9] queries/min, 0 failed .in all 1 sbatch, 1 scontrol, .*"));
}

TEST_F(SlurmWatching, AFailedTrialShowsTheEndOfItsOutput) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(attempt(0).output()) << "epoch 1\nout of ideas\n";
  finish("100", 0, 3);

  run_for(Seconds(5));

  EXPECT_EQ(ending(0).cause, Cause::exit_code);
  EXPECT_THAT(ending(0).detail, HasSubstr("out of ideas"));
}

TEST_F(SlurmWatching, WhatSlurmWroteInItsLogIsShownWhereThereIsNoRecord) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(ExperimentFolder(folder_).submission(0) / "slurm-100.log") << "JOB 100 CANCELLED DUE TO TIME LIMIT\n";
  slurm_.job("100").state = "TIMEOUT";

  run_for(Seconds(200));

  EXPECT_EQ(ending(0).cause, Cause::timeout);
  EXPECT_THAT(ending(0).detail, HasSubstr("DUE TO TIME LIMIT"));
}

}  // namespace
}  // namespace stune::slurm
