// SlurmRunner on a real Slurm whose controller fails: nothing else may use it meanwhile.
#include "tests/slurm/real_slurm.hpp"

namespace stune {
namespace {

/// Whatever happens, the next test finds a controller.
class BrokenSlurm : public RealSlurm {
 protected:
  ~BrokenSlurm() override {
    controller("thaw");
    controller("restart");
  }
};

TEST_F(BrokenSlurm, AJobSubmittedToAFrozenControllerIsAdoptedAndNotDoubled) {
  open();
  ASSERT_TRUE(drive([&] { return !runner_->busy(); }));
  controller("freeze");
  submit();
  EXPECT_TRUE(drive([&] { return runner_->command_counts()["sbatch"].failures == 1; }));

  controller("thaw");
  ASSERT_TRUE(run_until_started());
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(runner_->command_counts()["sbatch"].calls, 1);
  EXPECT_EQ(starts(), 1);
  EXPECT_EQ(jobs_of_this_name(), 1);
}

TEST_F(BrokenSlurm, AControllerThatDiesFailsNothingAndWhatWasNotTakenIsSubmittedLater) {
  open();
  submit();
  ASSERT_TRUE(run_until_started());
  Submission later{token_ + "-later", {{{1, 0}, parameters_, 0, {}, {}}}};
  // What the controller has not saved yet it would forget; a change makes it save within seconds.
  ASSERT_TRUE(drive([&] { return metadata().contains("job"); }));
  const std::string touched = (workplace_.folder / "touched").string();
  replace_file(touched, "");
  output_of("scontrol update JobId=" + metadata().at("job") + " Comment=changed");
  const std::string is_saved = "find " + place() + "/state/job_state -newer " + touched;
  ASSERT_TRUE(drive([&] { return !output_of(is_saved).empty(); }));
  controller("kill");

  runner_->submit({later});
  go();
  ASSERT_TRUE(drive_until(JobState::ended));
  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_TRUE(drive([&] { return runner_->command_counts()["sbatch"].failures > 0; }));
  EXPECT_EQ(count(JobState::pending, 1), 0);
  controller("restart");
  go();
  ASSERT_TRUE(drive_until(JobState::ended, 1));

  EXPECT_EQ(ending(1).cause, Cause::completed) << ending(1).detail;
  EXPECT_EQ(starts(), 1);
}

}  // namespace
}  // namespace stune
