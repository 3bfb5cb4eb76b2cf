// SlurmRunner on a real Slurm, with what people do to their jobs.
#include "tests/slurm/real_slurm.hpp"

#include "stune/error.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

TEST_F(RealSlurm, ARunningJobCancelledByHandIsCancelled) {
  open();
  submit();
  ASSERT_TRUE(run_until_started());

  output_of("scancel " + metadata().at("job"));

  ASSERT_TRUE(drive_until(JobState::ended));
  EXPECT_EQ(ending().cause, Cause::cancelled) << ending().detail;
}

TEST_F(RealSlurm, APendingJobCancelledByHandIsCancelledAndNeverStarts) {
  open({"--hold"});
  submit();
  ASSERT_TRUE(drive_until(JobState::pending));

  output_of("scancel " + metadata().at("job"));

  ASSERT_TRUE(drive_until(JobState::ended));
  EXPECT_EQ(ending().cause, Cause::cancelled) << ending().detail;
  EXPECT_EQ(starts(), 0);
}

TEST_F(RealSlurm, AHeldJobSaysWhyItIsPending) {
  open({"--hold"});
  submit();

  EXPECT_TRUE(drive([&] {
    return std::any_of(reports_.begin(), reports_.end(),
                       [](const JobReport& report) { return report.detail.starts_with("JobHeldUser: "); });
  }));
}

TEST_F(RealSlurm, ARequeuedJobStartsTwiceAndCountsOnce) {
  open({"--requeue --nodes=2"});
  submit();
  ASSERT_TRUE(run_until_started());
  ASSERT_TRUE(drive_until(JobState::running));

  output_of("scontrol requeue " + metadata().at("job"));
  ASSERT_TRUE(run_until_started(2));
  EXPECT_EQ(count(JobState::ended), 0);
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(metadata().at(start_key), "1");
  EXPECT_EQ(count(JobState::ended), 1);
  EXPECT_EQ(ending().nodes, 2);
}

TEST_F(RealSlurm, AJobOfACoordinatorThatDiedBeforeItKnewTheIdIsFoundByItsName) {
  open();
  submit();
  ASSERT_TRUE(run_until_started());
  open();

  runner_->adopt({submission()});
  ASSERT_TRUE(drive([&] { return metadata().contains("job"); }));
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(starts(), 1);
  EXPECT_EQ(jobs_of_this_name(), 1);
}

TEST_F(RealSlurm, AJobThatWasStillHeldWhenItsCoordinatorDiedIsFoundInTheQueue) {
  open({"--hold"});
  submit();
  ASSERT_TRUE(drive_until(JobState::pending));
  const std::string job = metadata().at("job");
  open();

  runner_->adopt({submission()});
  ASSERT_TRUE(drive([&] { return metadata().contains("job"); }));

  EXPECT_EQ(metadata().at("job"), job);
}

TEST_F(RealSlurm, AnArrayIsOneCallAndEndsTaskByTask) {
  set_script("#!/bin/sh\nexit $STUNE_TRIAL\n");
  open();

  submit(3);
  ASSERT_TRUE(
      drive([&] { return count(JobState::ended, 0) + count(JobState::ended, 1) + count(JobState::ended, 2) == 3; }));

  EXPECT_EQ(runner_->command_counts()["sbatch"].calls, 1);
  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(ending(2).exit_code, 2);
  EXPECT_THAT(metadata(1).at("job"), testing::EndsWith("_1"));
}

TEST_F(RealSlurm, EnvironmentAndAwkwardValuesArriveExactly) {
  const std::string awkward = "$(touch x) `id` a b;c \"d\" 'e' \\n %j #f \xc3\xa9";
  parameters_ = Parameterization{{"word", awkward}, {"lr", 0.1}, {"layers", std::int64_t{3}}};
  workplace_.environment["AWKWARD"] = awkward + "\nsecond line";
  workplace_.environment["CUDA_VISIBLE_DEVICES"] = "7";
  workplace_.environment["SLURM_JOB_NAME"] = "of another job";
  set_script(
      "#!/bin/sh\n"
      "printf '%s|%s|%s|%s|%s|%s' \"$STUNE_word\" \"$STUNE_lr\" \"$STUNE_layers\" \"$AWKWARD\" "
      "\"${CUDA_VISIBLE_DEVICES-}\" "
      "\"$SLURM_JOB_NAME\" > \"$STUNE_TRIAL_DIR/seen\"\n");
  open();

  submit();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(read_file(folder().trial(0) / "seen"), awkward + "|0.1|3|" + awkward + "\nsecond line||" + token_);
}

TEST_F(RealSlurm, TheUsersOptionsReachSlurmAsWritten) {
  set_script("#!/bin/sh\n#SBATCH --comment=\"it's \\\"so\\\" # far\" --time=7 # minutes\n");
  open({"--hold --time=9", "--ntasks={layers}"});
  parameters_ = Parameterization{{"layers", std::int64_t{3}}};

  submit();
  ASSERT_TRUE(drive_until(JobState::pending));

  EXPECT_EQ(output_of("squeue -h -j " + metadata().at("job") + " -o '%C %l %k'"), "3 9:00 it's \"so\" # far\n");
}

TEST_F(RealSlurm, WhatSlurmWillNeverTakeEndsTheRunInItsWords) {
  open({"--partition=nowhere"});
  submit();

  try {
    drive_until(JobState::ended);
    FAIL() << "nothing was thrown";
  } catch (const RunnerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nvalid partition"));
  }
}

TEST_F(RealSlurm, ANodeThatCannotRunTheProgramSaysSoAndTheTrialIsNotBlamed) {
  replace_file(folder().node_program(), "not a program", 0700);
  open();

  submit();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::launch_failure) << ending().detail;
}

TEST_F(RealSlurm, ACommandThatEndsWellUnderItsTimeLimitDidNotComplete) {
  set_script("#!/bin/sh\n#SBATCH --time=1\ntrap 'exit 0' TERM\nsleep 600 &\nwait\n");
  open();

  submit();
  ASSERT_TRUE(drive([&] { return count(JobState::ended) > 0; }, Seconds(180)));

  EXPECT_EQ(ending().cause, Cause::timeout) << ending().detail;
  EXPECT_EQ(ending().exit_code, 0);
}

}  // namespace
}  // namespace stune
