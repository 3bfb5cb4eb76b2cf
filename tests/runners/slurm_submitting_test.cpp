// Jobs on their way into the queue.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "stune/error.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using SlurmSubmitting = SlurmRunnerTest;

constexpr const char* limit =
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\n"
    "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n";

TEST_F(SlurmSubmitting, ASubmittedJobIsPendingAndSaysWhichJobItIs) {
  submit(0);
  run_for(Seconds(1));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_EQ(last_metadata(0).at("job"), "100");
  EXPECT_EQ(slurm_.job("100").name, "token-0-0");
}

TEST_F(SlurmSubmitting, QueriesAndJobsHaveTheirOwnEnvironment) {
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

TEST_F(SlurmSubmitting, AJobWhoseAnswerWasLostIsFoundByItsNameAndNotSubmittedAgain) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;

  submit(0);
  run_for(Seconds(60));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_EQ(last_metadata(0).at("job"), "100");
  EXPECT_EQ(slurm_.count("sbatch"), 1);
}

TEST_F(SlurmSubmitting, ALostJobThatLeftTheQueueIsFoundInAccounting) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;

  submit(0);
  slurm_.empty = true;
  run_for(Seconds(120));

  EXPECT_EQ(last_metadata(0).at("job"), "100");
}

TEST_F(SlurmSubmitting, ALostRequestIsFencedAndAbsentAfterTwoGoodLooks) {
  slurm_.next_submit = FakeSlurm::Submit::loses_request;

  submit(0);
  run_for(Seconds(100));

  EXPECT_THAT(states(0), ElementsAre(JobState::absent));
  EXPECT_EQ(slurm_.count("squeue"), 2);
  EXPECT_EQ(slurm_.count("sbatch"), 1);
  slurm_.jobs["999"] = {};
  EXPECT_FALSE(start("999", 0));
}

TEST_F(SlurmSubmitting, ALostRequestWaitsAsLongAsTheQueueCannotBeSeen) {
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

TEST_F(SlurmSubmitting, AJobWithALostAnswerThatHasStartedIsAdoptedFromItsClaim) {
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

TEST_F(SlurmSubmitting, ATransientRefusalIsTriedAgainWithGrowingDelay) {
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

TEST_F(SlurmSubmitting, ASubmitLimitDefersAndTakesNothingForAWhile) {
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

TEST_F(SlurmSubmitting, WhatSlurmWillNeverTakeEndsTheRunInItsWords) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Invalid partition name specified"};
  submit(0);

  try {
    run_for(Seconds(60));
    FAIL() << "nothing was thrown";
  } catch (const RunnerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("Invalid partition name specified"));
  }
}

TEST_F(SlurmSubmitting, FourJobsAreRiskedUntilOneHasStarted) {
  EXPECT_EQ(runner_->capacity(), 4);
  for (int trial = 0; trial < 3; ++trial) submit(trial);
  run_for(Seconds(1));
  EXPECT_EQ(runner_->capacity(), 1);

  ASSERT_TRUE(start("101", 1));
  run_for(Seconds(10));

  EXPECT_EQ(runner_->capacity(), unlimited);
}

TEST_F(SlurmSubmitting, WhatWasIntendedIsFoundByItsNameAfterARestart) {
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

TEST_F(SlurmSubmitting, SeveralJobsOfOneSubmissionAreOneArrayAndEndOnTheirOwn) {
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

TEST_F(SlurmSubmitting, AnArrayIsTakenOverTaskByTaskInWhateverOrderItsAttemptsAreGiven) {
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

TEST_F(SlurmSubmitting, ABatchRefusedForALimitIsHalvedBeforeAnythingIsBelieved) {
  Submission batch = submission(0);
  for (int trial = 1; trial < 4; ++trial) batch.jobs.push_back(submission(trial).jobs[0]);
  slurm_.refusals = {limit};

  runner_->submit({batch});
  run_for(Seconds(5));

  EXPECT_THAT(states(3), ElementsAre(JobState::deferred));
  EXPECT_EQ(runner_->max_batch(), 2);
  EXPECT_GT(runner_->capacity(), 0);
}

TEST_F(SlurmSubmitting, ResourcesThatDependOnParametersDecideWhatMayShareASubmission) {
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

TEST_F(SlurmSubmitting, SubmissionsKeepTheirPaceAndWhatWaitsCanShareACall) {
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

TEST_F(SlurmSubmitting, MoreTimeAndMemoryAreGrantedAndBadNodesAvoided) {
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

TEST_F(SlurmSubmitting, GrantingMoreOfWhatNobodyAskedForIsRefused) {
  workplace_.memory_factor = 2.0;
  EXPECT_THROW(restart(), ConfigError);
  workplace_.memory_factor = 1.0;
  workplace_.time_factor = 2.0;
  EXPECT_THROW(restart(), ConfigError);
  workplace_.trial_time_limit = Seconds(60);
  EXPECT_NO_THROW(restart());
}

TEST_F(SlurmSubmitting, WhereOnlyBadNodesAreLeftTheyAreTriedAgain) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Requested node configuration is not available"};
  Submission wary = submission(0);
  wary.jobs[0].avoid_hosts = {"n1"};

  runner_->submit({wary});
  run_for(Seconds(10));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  EXPECT_THAT(slurm_.calls_of("sbatch").at(1).arguments, testing::Not(testing::Contains("--exclude=n1")));
}

TEST_F(SlurmSubmitting, WhereSlurmGrantsNoMoreTheTrialEndsAsBeforeAndTheRunGoesOn) {
  slurm_.refusals = {"sbatch: error: Batch job submission failed: Requested time limit is invalid"};
  Submission longer = submission(0, 1);
  longer.jobs[0].more_time = 1;

  runner_->submit({longer});
  run_for(Seconds(10));

  EXPECT_EQ(ending(0).cause, Cause::timeout);
  EXPECT_THAT(ending(0).detail, HasSubstr("Requested time limit is invalid"));
}

TEST_F(SlurmSubmitting, JobsGoToTheClusterThatTheUserNamesAndAreLookedForThere) {
  SlurmOptions options;
  options.sbatch_options = {"-M other"};
  restart(options);
  submit(0);
  run_for(Seconds(100));

  for (const CommandCall& call : slurm_.calls) EXPECT_EQ(call.arguments.at(1), "--clusters=other");
}

TEST_F(SlurmSubmitting, WhatASiteSetsForEveryJobCountsUnlessTheUserSaysOtherwise) {
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

TEST_F(SlurmSubmitting, WithoutSlurmItSaysWhatToDo) {
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
