// What is found of an attempt after it was given up.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::HasSubstr;

class SlurmLate : public SlurmRunnerTest {
 protected:
  /// Job 100, of trial 0, starts and vanishes.
  void lose_a_job() {
    submit(0);
    run_for(Seconds(1));
    ASSERT_TRUE(start("100", 0));
    slurm_.jobs.clear();
    run_for(Seconds(2000));
    ASSERT_EQ(ending(0).cause, Cause::lost);
  }
  /// Its next attempt waits as job 101, and job 100 can be seen again.
  void submit_again() {
    runner_->submit({submission(0, 1)});
    run_for(Seconds(1));
    reports_.clear();
    slurm_.jobs["100"] = {};
  }
};

TEST_F(SlurmLate, LateEvidenceOfAnAttemptGivenUpCountsWhileItsSuccessorWaits) {
  lose_a_job();
  submit_again();

  finish("100", 0, 0);
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(reports_.back().id, (AttemptId{0, 1}));
  EXPECT_EQ(last_metadata(0).at(attempt_key), "0");
  EXPECT_EQ(slurm_.job("101").state, "CANCELLED by 4242");
}

TEST_F(SlurmLate, LateEvidenceIsReportedOnceTheAttemptThatIsNotNeededIsCancelled) {
  lose_a_job();
  submit_again();
  slurm_.cancel_fails = true;

  finish("100", 0, 0);
  run_for(Seconds(15));
  EXPECT_FALSE(has_ended(0));
  EXPECT_TRUE(std::filesystem::exists(ExperimentFolder(folder_).done_marker({0, 0}))) << "for the next coordinator";
  slurm_.cancel_fails = false;
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(last_metadata(0).at(attempt_key), "0");
  EXPECT_EQ(slurm_.job("101").state, "CANCELLED by 4242");
  EXPECT_FALSE(std::filesystem::exists(ExperimentFolder(folder_).done_marker({0, 0})));
}

TEST_F(SlurmLate, LateEvidenceSurvivesATroubleWithFiles) {
  lose_a_job();
  submit_again();
  const auto successor = ExperimentFolder(folder_).attempt({0, 1}).path();
  std::filesystem::rename(successor, folder_ / "aside");
  std::ofstream(successor) << "no folder\n";

  finish("100", 0, 0);
  run_for(Seconds(60));
  EXPECT_FALSE(has_ended(0));
  std::filesystem::remove(successor);
  std::filesystem::rename(folder_ / "aside", successor);
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
}

TEST_F(SlurmLate, AMarkerThatComesAfterTheEndDoesNotStay) {
  submit(0);
  run_for(Seconds(1));
  run_job("100", 0, 0);
  run_for(Seconds(60));
  ASSERT_EQ(ending(0).cause, Cause::completed);
  submit(1);
  std::ofstream(ExperimentFolder(folder_).done_marker({0, 0}));
  testing::internal::CaptureStderr();

  run_for(Seconds(60));

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_FALSE(std::filesystem::exists(ExperimentFolder(folder_).done_marker({0, 0})));
}

TEST_F(SlurmLate, AResultThatComesAfterAVerdictWithoutOneIsToldAndChangesNothing) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.job("100").state = "TIMEOUT";
  run_for(Seconds(400));
  ASSERT_EQ(ending(0).cause, Cause::timeout);
  submit(1);
  run_for(Seconds(1));
  testing::internal::CaptureStderr();

  leave_record(0, 0, {}, 0);
  run_for(Seconds(60));

  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("was judged as timeout, but has left a result after all: completed"));
  EXPECT_EQ(ending(0).cause, Cause::timeout);
  EXPECT_FALSE(std::filesystem::exists(ExperimentFolder(folder_).done_marker({0, 0})));
  EXPECT_TRUE(std::filesystem::exists(attempt(0).exit_record(0))) << "for stune explain";
}

TEST_F(SlurmLate, AResultOfALostAttemptThatNothingFollowsIsToldOnce) {
  lose_a_job();
  submit(1);
  run_for(Seconds(1));
  testing::internal::CaptureStderr();

  leave_record(0, 3, {}, 0);
  run_for(Seconds(60));

  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, HasSubstr("was judged as lost, but has left a result after all: exit code 3"));
  EXPECT_EQ(told.find("judged"), told.rfind("judged"));
}

}  // namespace
}  // namespace stune::slurm
