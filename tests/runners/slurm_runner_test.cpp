#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "stune/error.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(SlurmRunnerTest, ASubmittedJobIsPendingAndSaysWhichJobItIs) {
  submit(0);
  run_for(Seconds(1));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_EQ(last_metadata(0).at("job"), "100");
  EXPECT_EQ(slurm_.job("100").name, "token-0-0");
}

TEST_F(SlurmRunnerTest, FinishedTrialsAreSeenInFilesWithinSecondsAndTheQueueIsNotAsked) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);

  run_for(Seconds(10));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(last_metadata(0).at(start_key), "0");
  EXPECT_EQ(slurm_.count("squeue"), 0);
}

TEST_F(SlurmRunnerTest, OneQueryAMinuteAtMostForHoweverManyJobs) {
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

TEST_F(SlurmRunnerTest, QueriesAndJobsHaveTheirOwnEnvironment) {
  submit(0);
  run_for(Seconds(20));

  const CommandCall query = slurm_.calls_of("squeue").at(0);
  const CommandCall sbatch = slurm_.calls_of("sbatch").at(0);

  EXPECT_EQ(query.environment.at("LC_ALL"), "C");
  EXPECT_EQ(sbatch.environment.at("HOME"), "/home/u");
  EXPECT_FALSE(sbatch.environment.contains("LC_ALL"));
  EXPECT_FALSE(sbatch.environment.contains("SLURM_JOB_ID"));
  EXPECT_EQ(sbatch.timeout, Seconds(300));
}

TEST_F(SlurmRunnerTest, AJobWhoseAnswerWasLostIsFoundByItsNameAndNotSubmittedAgain) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;

  submit(0);
  run_for(Seconds(60));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_EQ(last_metadata(0).at("job"), "100");
  EXPECT_EQ(slurm_.count("sbatch"), 1);
}

TEST_F(SlurmRunnerTest, ALostJobThatLeftTheQueueIsFoundInAccounting) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;

  submit(0);
  slurm_.empty = true;
  run_for(Seconds(120));

  EXPECT_EQ(last_metadata(0).at("job"), "100");
}

TEST_F(SlurmRunnerTest, ALostRequestIsFencedAndAbsentAfterTwoGoodLooks) {
  slurm_.next_submit = FakeSlurm::Submit::loses_request;

  submit(0);
  run_for(Seconds(100));

  EXPECT_THAT(states(0), ElementsAre(JobState::absent));
  EXPECT_EQ(slurm_.count("squeue"), 2);
  EXPECT_EQ(slurm_.count("sbatch"), 1);
  slurm_.jobs["999"] = {};
  EXPECT_FALSE(start("999", 0));
}

TEST_F(SlurmRunnerTest, ALostRequestWaitsAsLongAsTheQueueCannotBeSeen) {
  slurm_.next_submit = FakeSlurm::Submit::loses_request;
  submit(0);
  poll();
  slurm_.down = true;

  run_for(Seconds(3600));
  EXPECT_TRUE(states(0).empty());
  slurm_.down = false;
  run_for(Seconds(600));

  EXPECT_THAT(states(0), ElementsAre(JobState::absent));
}

TEST_F(SlurmRunnerTest, AJobWithALostAnswerThatHasStartedIsAdoptedFromItsClaim) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  submit(0);
  poll();
  poll();
  slurm_.empty = true;
  slurm_.job("100").in_accounting = false;
  run_job("100", 0, 0);

  run_for(Seconds(120));

  EXPECT_EQ(ending(0).cause, Cause::completed);
}

TEST_F(SlurmRunnerTest, AControllerThatIsDownForAnHourFailsNoJob) {
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

TEST_F(SlurmRunnerTest, EmptyAnswersFailNoJobThatAccountingKnowsToRun) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.empty = true;

  run_for(Seconds(3600));
  slurm_.empty = false;
  run_for(Seconds(1200));

  EXPECT_FALSE(has_ended(0));
}

TEST_F(SlurmRunnerTest, AVanishedJobIsLostAfterTwoLooksAndTwoMinutesAndFenced) {
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

TEST_F(SlurmRunnerTest, LateEvidenceOfAnAttemptGivenUpCountsWhileItsSuccessorWaits) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.jobs.clear();
  run_for(Seconds(2000));
  ASSERT_EQ(ending(0).cause, Cause::lost);
  runner_->submit({submission(0, 1)});
  run_for(Seconds(1));
  reports_.clear();
  slurm_.jobs["100"] = {};

  finish("100", 0, 0);
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(reports_.back().id, (AttemptId{0, 1}));
  EXPECT_EQ(last_metadata(0).at(attempt_key), "0");
  EXPECT_EQ(slurm_.job("101").state, "CANCELLED by 4242");
}

TEST_F(SlurmRunnerTest, WithoutAccountingTheQueueDecidesAndSacctIsAskedOnceAtMost) {
  slurm_.accounting = false;
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.jobs.erase("100");

  run_for(Seconds(1200));

  EXPECT_EQ(ending(0).cause, Cause::lost);
  EXPECT_LE(slurm_.count("sacct"), 1);
}

TEST_F(SlurmRunnerTest, ExitZeroAfterATerminationSignalWaitsForSlurmsWord) {
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

TEST_F(SlurmRunnerTest, WhoCancelledIsAskedOfAccounting) {
  for (const int trial : {0, 1}) submit(trial);
  run_for(Seconds(1));
  slurm_.job("100").state = "CANCELLED by " + std::to_string(::geteuid());
  slurm_.job("101").state = "CANCELLED by 4242";

  run_for(Seconds(400));

  EXPECT_EQ(ending(0).cause, Cause::cancelled);
  EXPECT_EQ(ending(1).cause, Cause::preempted);
}

TEST_F(SlurmRunnerTest, ARequeuedJobIsOneAttemptAndItsSecondStartCounts) {
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

TEST_F(SlurmRunnerTest, ATransientRefusalIsTriedAgainWithGrowingDelay) {
  slurm_.down = true;

  submit(0);
  run_for(Seconds(120));
  EXPECT_TRUE(states(0).empty());
  EXPECT_LE(slurm_.count("sbatch"), 6);
  EXPECT_GE(slurm_.count("sbatch"), 3);
  slurm_.down = false;
  run_for(Seconds(120));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
}

constexpr const char* limit =
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\n"
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n";

TEST_F(SlurmRunnerTest, ASubmitLimitDefersAndTakesNothingForAWhile) {
  submit(0);
  run_for(Seconds(1));
  slurm_.refusals = {limit};

  submit(1);
  run_for(Seconds(5));

  EXPECT_THAT(states(1), ElementsAre(JobState::deferred));
  EXPECT_EQ(runner_->capacity(), 0);
  run_for(Seconds(60));
  EXPECT_GT(runner_->capacity(), 0);
}

TEST_F(SlurmRunnerTest, WhatSlurmWillNeverTakeEndsTheRunInItsWords) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Invalid partition name specified"};
  submit(0);

  try {
    run_for(Seconds(60));
    FAIL() << "nothing was thrown";
  } catch (const RunnerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Invalid partition name specified"));
  }
}

TEST_F(SlurmRunnerTest, FourJobsAreRiskedUntilOneHasStarted) {
  EXPECT_EQ(runner_->capacity(), 4);
  for (int trial = 0; trial < 3; ++trial) submit(trial);
  run_for(Seconds(1));
  EXPECT_EQ(runner_->capacity(), 1);

  ASSERT_TRUE(start("101", 1));
  run_for(Seconds(10));

  EXPECT_EQ(runner_->capacity(), unlimited);
}

TEST_F(SlurmRunnerTest, APendingJobIsFencedBeforeItIsCancelledAllInOneCall) {
  for (int trial = 0; trial < 3; ++trial) submit(trial);
  run_for(Seconds(1));
  const std::vector<AttemptId> ids{{0, 0}, {1, 0}, {2, 0}};

  runner_->stop(ids);
  EXPECT_FALSE(start("100", 0));
  run_for(Seconds(1));

  for (int trial = 0; trial < 3; ++trial) EXPECT_EQ(ending(trial).cause, Cause::stopped);
  EXPECT_EQ(slurm_.count("scancel"), 1);
}

TEST_F(SlurmRunnerTest, ARunningJobThatWasToldToEndIsStopped) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  const std::vector<AttemptId> ids{{0, 0}};

  runner_->stop(ids);
  run_for(Seconds(1));
  finish("100", 0, 0, {SIGTERM});
  run_for(Seconds(5));

  EXPECT_EQ(ending(0).cause, Cause::stopped);
}

TEST_F(SlurmRunnerTest, AJobThatSurvivesACancelIsCancelledAgain) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  const std::vector<AttemptId> ids{{0, 0}};

  runner_->stop(ids);
  run_for(Seconds(1));
  slurm_.job("100").state = "RUNNING";
  run_for(Seconds(400));

  EXPECT_GE(slurm_.count("scancel"), 2);
  EXPECT_EQ(ending(0).cause, Cause::stopped);
}

TEST_F(SlurmRunnerTest, AnAdoptedJobIsKnownByItsIdAndTheNextIdOfAnotherNameIsNotTakenForIt) {
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

TEST_F(SlurmRunnerTest, WhatWasIntendedIsFoundByItsNameAfterARestart) {
  submit(0);
  poll();
  poll();
  restart();

  runner_->adopt({submission(0), submission(1)});
  run_for(Seconds(100));

  EXPECT_EQ(last_metadata(0).at("job"), "100");
  EXPECT_EQ(last_metadata(0).at("submission"), "0");
  EXPECT_THAT(states(1), ElementsAre(JobState::absent));
  EXPECT_EQ(slurm_.count("sbatch"), 1);
}

TEST_F(SlurmRunnerTest, SeveralJobsOfOneSubmissionAreOneArrayAndEndOnTheirOwn) {
  Submission batch = submission(0);
  batch.jobs.push_back(submission(1).jobs[0]);

  runner_->submit({batch});
  run_for(Seconds(1));
  run_job("100_1", 1, 3);
  run_for(Seconds(5));

  EXPECT_EQ(slurm_.count("sbatch"), 1);
  EXPECT_EQ(last_metadata(0).at("job"), "100_0");
  EXPECT_FALSE(has_ended(0));
  EXPECT_EQ(ending(1).exit_code, 3);
}

TEST_F(SlurmRunnerTest, AnArrayIsTakenOverTaskByTaskInWhateverOrderItsAttemptsAreGiven) {
  Submission batch = submission(0);
  for (int trial = 1; trial < 4; ++trial) batch.jobs.push_back(submission(trial).jobs[0]);
  runner_->submit({batch});
  poll();
  poll();
  restart();
  std::reverse(batch.jobs.begin(), batch.jobs.end());
  batch.jobs.erase(batch.jobs.begin() + 1);

  runner_->adopt({batch});
  run_for(Seconds(60));

  EXPECT_EQ(last_metadata(0).at("job"), "100_0");
  EXPECT_EQ(last_metadata(1).at("job"), "100_1");
  EXPECT_EQ(last_metadata(3).at("job"), "100_3");
}

TEST_F(SlurmRunnerTest, ABatchRefusedForALimitIsHalvedBeforeAnythingIsBelieved) {
  Submission batch = submission(0);
  for (int trial = 1; trial < 4; ++trial) batch.jobs.push_back(submission(trial).jobs[0]);
  slurm_.refusals = {limit};

  runner_->submit({batch});
  run_for(Seconds(5));

  EXPECT_THAT(states(3), ElementsAre(JobState::deferred));
  EXPECT_EQ(runner_->max_batch(), 2);
  EXPECT_GT(runner_->capacity(), 0);
}

TEST_F(SlurmRunnerTest, ResourcesThatDependOnParametersDecideWhatMayShareASubmission) {
  SlurmOptions options;
  options.sbatch_options = {"--ntasks={ranks} --mem=1G --exclude=n{ranks}"};
  restart(options);
  Job one = submission(0).jobs[0];
  Job two = one;
  one.parameters = Parameterization{{"ranks", std::int64_t{1}}};
  two.parameters = Parameterization{{"ranks", std::int64_t{2}}};

  EXPECT_NE(runner_->batch_key(one), runner_->batch_key(two));
  runner_->submit({{"token", {two}}});
  run_for(Seconds(1));
  EXPECT_THAT(slurm_.calls_of("sbatch").at(0).arguments, testing::IsSupersetOf({"--ntasks=2", "--exclude=n2"}));
}

TEST_F(SlurmRunnerTest, SubmissionsKeepTheirPaceAndWhatWaitsCanShareACall) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(10));
  for (int trial = 1; trial <= 40; ++trial) submit(trial);
  run_for(Seconds(5));
  EXPECT_LE(slurm_.count("sbatch"), 17);
  EXPECT_EQ(runner_->capacity(), 0);
  run_for(Seconds(60));

  EXPECT_EQ(slurm_.count("sbatch"), 41);
  EXPECT_GT(runner_->capacity(), 0);
}

TEST_F(SlurmRunnerTest, MoreTimeAndMemoryAreGrantedAndBadNodesAvoided) {
  workplace_.time_factor = 2.0;
  workplace_.memory_factor = 1.5;
  SlurmOptions options;
  options.sbatch_options = {"--time=10 --mem=2G --exclude=old"};
  restart(options);
  Submission again = submission(0, 3);
  again.jobs[0].more_time = 2;
  again.jobs[0].more_memory = 1;
  again.jobs[0].avoid_hosts = {"n1", "n7"};

  runner_->submit({again});
  run_for(Seconds(1));

  const auto arguments = slurm_.calls_of("sbatch").at(0).arguments;
  EXPECT_THAT(arguments, testing::IsSupersetOf({"--time=0-00:40:00", "--mem=3072M", "--exclude=old,n1,n7"}));
}

TEST_F(SlurmRunnerTest, GrantingMoreOfWhatNobodyAskedForIsRefused) {
  workplace_.memory_factor = 2.0;
  EXPECT_THROW(restart(), ConfigError);
  workplace_.memory_factor = 1.0;
  workplace_.time_factor = 2.0;
  EXPECT_THROW(restart(), ConfigError);
  workplace_.trial_time_limit = Seconds(60);
  EXPECT_NO_THROW(restart());
}

TEST_F(SlurmRunnerTest, WhereOnlyBadNodesAreLeftTheyAreTriedAgain) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Requested node configuration is not available"};
  Submission wary = submission(0);
  wary.jobs[0].avoid_hosts = {"n1"};

  runner_->submit({wary});
  run_for(Seconds(10));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_THAT(slurm_.calls_of("sbatch").at(1).arguments, testing::Not(testing::Contains("--exclude=n1")));
}

TEST_F(SlurmRunnerTest, WhereSlurmGrantsNoMoreTheTrialEndsAsBeforeAndTheRunGoesOn) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Requested time limit is invalid"};
  Submission longer = submission(0, 1);
  longer.jobs[0].more_time = 1;

  runner_->submit({longer});
  run_for(Seconds(10));

  EXPECT_EQ(ending(0).cause, Cause::timeout);
  EXPECT_THAT(ending(0).detail, HasSubstr("Requested time limit is invalid"));
}

TEST_F(SlurmRunnerTest, AStuckJobSaysWhyAndWhatToDoOnceAndForgetsItWhenItMoves) {
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

TEST_F(SlurmRunnerTest, EveryCommandIsCountedAndTheRateIsShown) {
  submit(0);
  run_for(Seconds(1200));

  const auto lines = runner_->budget(clock_.now());
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines[0], testing::MatchesRegex("0\\.[1-9] queries/min, 0 failed .in all 1 sbatch, 1 scontrol, .*"));
}

TEST_F(SlurmRunnerTest, JobsGoToTheClusterThatTheUserNamesAndAreLookedForThere) {
  SlurmOptions options;
  options.sbatch_options = {"-M other"};
  restart(options);
  submit(0);
  run_for(Seconds(100));

  for (const CommandCall& call : slurm_.calls) EXPECT_EQ(call.arguments.at(1), "--clusters=other");
}

TEST_F(SlurmRunnerTest, WhatASiteSetsForEveryJobCountsUnlessTheUserSaysOtherwise) {
  workplace_.environment["SBATCH_ACCOUNT"] = "sites";
  workplace_.environment["SBATCH_QOS"] = "short";
  workplace_.environment["SBATCH_ARRAY_INX"] = "0-9";
  SlurmOptions options;
  options.sbatch_options = {"--qos=long"};
  restart(options);
  submit(0);
  run_for(Seconds(1));

  const CommandCall call = slurm_.calls_of("sbatch").at(0);
  EXPECT_THAT(call.arguments, testing::IsSupersetOf({"--account=sites", "--qos=short", "--qos=long"}));
  EXPECT_LT(std::ranges::find(call.arguments, "--qos=short"), std::ranges::find(call.arguments, "--qos=long"));
  EXPECT_FALSE(call.environment.contains("SBATCH_ARRAY_INX"));
}

TEST_F(SlurmRunnerTest, AFailedTrialShowsTheEndOfItsOutput) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(attempt(0).output()) << "epoch 1\nout of ideas\n";
  finish("100", 0, 3);

  run_for(Seconds(5));

  EXPECT_EQ(ending(0).cause, Cause::exit_code);
  EXPECT_THAT(ending(0).detail, HasSubstr("out of ideas"));
}

TEST_F(SlurmRunnerTest, WhatSlurmWroteInItsLogIsShownWhereThereIsNoRecord) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(ExperimentFolder(folder_).submission(0) / "slurm-100.log") << "JOB 100 CANCELLED DUE TO TIME LIMIT\n";
  slurm_.job("100").state = "TIMEOUT";

  run_for(Seconds(200));

  EXPECT_EQ(ending(0).cause, Cause::timeout);
  EXPECT_THAT(ending(0).detail, HasSubstr("DUE TO TIME LIMIT"));
}

TEST_F(SlurmRunnerTest, WithoutSlurmItSaysWhatToDo) {
  ::setenv("PATH", "/nowhere", 1);

  try {
    restart();
    FAIL() << "nothing was thrown";
  } catch (const RunnerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--runner local"));
  }
}

}  // namespace
}  // namespace stune::slurm
