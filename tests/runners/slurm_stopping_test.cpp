// Jobs that are ended before their time.
#include <gmock/gmock.h>

#include <csignal>

#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::HasSubstr;

class SlurmStopping : public SlurmRunnerTest {
 protected:
  void stop(int trial) {
    const std::vector<AttemptId> id{{trial, 0}};
    runner_->stop(id);
  }
};

TEST_F(SlurmStopping, APendingJobIsFencedBeforeItIsCancelledAllInOneCall) {
  for (int trial = 0; trial < 3; ++trial) submit(trial);
  run_for(Seconds(1));
  const std::vector<AttemptId> ids{{0, 0}, {1, 0}, {2, 0}};

  runner_->stop(ids);
  EXPECT_FALSE(start("100", 0));
  run_for(Seconds(1));

  for (int trial = 0; trial < 3; ++trial) EXPECT_EQ(ending(trial).cause, Cause::stopped);
  EXPECT_EQ(slurm_.count("scancel"), 1);
}

TEST_F(SlurmStopping, ARunningJobThatWasToldToEndIsStopped) {
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

TEST_F(SlurmStopping, AJobThatSurvivesACancelIsCancelledAgain) {
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

TEST_F(SlurmStopping, AWaitingJobWhoseCancelFailsHasEndedOnceItIsCancelled) {
  submit(0);
  run_for(Seconds(1));
  slurm_.cancel_fails = true;

  stop(0);
  run_for(Seconds(8));
  EXPECT_EQ(slurm_.count("scancel"), 2);
  EXPECT_FALSE(has_ended(0));
  slurm_.cancel_fails = false;
  run_for(Seconds(30));

  EXPECT_EQ(slurm_.job("100").state, "CANCELLED by 4242");
  EXPECT_EQ(ending(0).cause, Cause::stopped);
  EXPECT_EQ(slurm_.count("scancel"), 3);
}

TEST_F(SlurmStopping, ACancelThatFailsForTenMinutesIsLeftToThePerson) {
  for (const int trial : {0, 1}) submit(trial);
  run_for(Seconds(1));
  slurm_.cancel_fails = true;
  testing::internal::CaptureStderr();

  for (const int trial : {0, 1}) stop(trial);
  run_for(Seconds(590));
  EXPECT_FALSE(has_ended(0));
  run_for(Seconds(600));

  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, HasSubstr("2 jobs may still be in the queue"));
  EXPECT_THAT(told, HasSubstr("scancel 100 101"));
  EXPECT_THAT(ending(0).detail, HasSubstr("scancel failed"));
  EXPECT_EQ(ending(1).cause, Cause::stopped);
  EXPECT_LE(slurm_.count("scancel"), 10);
  EXPECT_FALSE(start("100", 0)) << "fenced";
}

TEST_F(SlurmStopping, AJobThatLeavesTheQueueWhileItsCancelFailsHasEnded) {
  submit(0);
  run_for(Seconds(1));
  slurm_.cancel_fails = true;
  stop(0);
  run_for(Seconds(1));

  slurm_.job("100").state = "CANCELLED";
  run_for(Seconds(200));

  EXPECT_EQ(ending(0).cause, Cause::stopped);
}

}  // namespace
}  // namespace stune::slurm
