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

}  // namespace
}  // namespace stune::slurm
