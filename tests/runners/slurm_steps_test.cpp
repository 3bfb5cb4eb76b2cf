// Jobs whose fate takes several looks to find out, by one coordinator or by many that follow one another.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>

#include "base/file.hpp"
#include "runners/slurm_notes.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SlurmSteps : public SlurmRunnerTest {
 protected:
  /// Steps of coordinators that each look once and end, one a minute as from cron, until the trial has ended. How many.
  int steps_until_ended(int most) {
    Submission known = submission(0);
    known.jobs[0].metadata = Metadata{{"job", "100"}};
    for (int step = 1; step <= most; ++step) {
      restart();
      runner_->adopt({known});
      do {
        poll();
      } while (runner_->busy());
      if (has_ended(0)) return step;
      clock_.advance(Seconds(60));
    }
    return most + 1;
  }
};

TEST_F(SlurmSteps, AJobThatVanishedIsGivenUpThoughNoCoordinatorLooksTwice) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.jobs.erase("100");

  const int steps = steps_until_ended(20);

  EXPECT_EQ(ending(0).cause, Cause::lost);
  EXPECT_GE(steps, 4);
  EXPECT_LE(slurm_.count("sacct"), 1 + steps / 2);
}

TEST_F(SlurmSteps, ARecordThatNeverAppearsIsNotWaitedForForEver) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.job("100").state = "NODE_FAIL";

  EXPECT_LE(steps_until_ended(20), 6);

  EXPECT_EQ(ending(0).cause, Cause::node_failure);
}

TEST_F(SlurmSteps, AccountingThatHasLostAJobsEndIsNotBelievedForEver) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  slurm_.job("100").in_queue = false;
  slurm_.jobs["7"] = {"another"};

  EXPECT_LE(steps_until_ended(30), 20);

  EXPECT_EQ(ending(0).cause, Cause::lost);
}

TEST_F(SlurmSteps, TheConfigurationIsReadOnceForAllOfThem) {
  submit(0);
  run_for(Seconds(1));

  steps_until_ended(10);

  EXPECT_EQ(slurm_.count("scontrol"), 1);
}

TEST_F(SlurmRunnerTest, AJobThatSbatchDeniedAndThatRunsAllTheSameIsTheOneThatIsWatched) {
  slurm_.next_submit = FakeSlurm::Submit::takes_it_and_refuses;
  submit(0);
  run_for(Seconds(20));
  ASSERT_EQ(last_metadata(0).at("job"), "101");

  ASSERT_TRUE(start("100", 0));
  EXPECT_FALSE(start("101", 0));
  slurm_.job("101").state = "COMPLETED";
  run_for(Seconds(1000));
  EXPECT_FALSE(has_ended(0));
  EXPECT_EQ(last_metadata(0).at("job"), "100");
  finish("100", 0, 0);
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
}

TEST_F(SlurmRunnerTest, AJobHeldAfterARequeueWaitsAndSaysWhyUntilItRunsAgain) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  run_for(Seconds(20));
  slurm_.job("100").state = "REQUEUE_HOLD";
  slurm_.job("100").reason = "job requeued in held state";

  run_for(Seconds(300));
  EXPECT_THAT(states(0), ElementsAre(JobState::pending, JobState::running, JobState::pending));
  EXPECT_THAT(last_metadata(0).at("reason"), HasSubstr("held"));
  EXPECT_THAT(reports_.back().detail, HasSubstr("scontrol release"));
  ASSERT_TRUE(start("100", 0, 1));
  run_for(Seconds(300));

  EXPECT_EQ(states(0).back(), JobState::running);
  EXPECT_FALSE(has_ended(0));
}

TEST_F(SlurmRunnerTest, JobsThatAreSuspendedSpecialOrOnTheirWayOutHaveNotEnded) {
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  for (const char* state :
       {"SUSPENDED", "SPECIAL_EXIT", "COMPLETING", "STAGE_OUT", "REQUEUED", "STOPPED", "NEW_WORD"}) {
    slurm_.job("100").state = state;
    run_for(Seconds(400));
    EXPECT_FALSE(has_ended(0)) << state;
  }
  finish("100", 0, 0);
  run_for(Seconds(60));

  EXPECT_EQ(ending(0).cause, Cause::completed);
}

TEST_F(SlurmRunnerTest, WithoutAccountingTheJobsLogTellsThatItsTimeWasOver) {
  slurm_.accounting = false;
  submit(0);
  run_for(Seconds(1));
  ASSERT_TRUE(start("100", 0));
  std::ofstream(ExperimentFolder(folder_).submission(0) / "slurm-100.log")
      << "slurmstepd: error: *** JOB 100 ON n1 CANCELLED AT 2026-11-24T02:40:35 DUE TO TIME LIMIT ***\n";
  slurm_.jobs.erase("100");

  run_for(Seconds(1200));

  EXPECT_EQ(ending(0).cause, Cause::timeout);
}

TEST(SlurmNotes, AreReadAsTheyWereWrittenAndNothingOfThemThatIsDamaged) {
  const TimePoint now = TimePoint{} + std::chrono::hours(100);
  Notes notes;
  notes.config = Config{"", "", 2, 5, 10, false};
  notes.config_at = now - std::chrono::minutes(3);
  notes.accounting_at = now - std::chrono::minutes(2);
  notes.accounting_failures = 3;
  notes.doubts.missing[{7, 1}] = now;
  notes.doubts.over[{8, 0}] = now - std::chrono::minutes(1);
  notes.doubts.unreadable[{9, 2}] = now;
  notes.look_at = now - std::chrono::seconds(5);
  notes.submitting.limit = SubmitLimit{now, Seconds(90.5), 8};
  notes.submitting.limits_in_empty_queue = 1;
  notes.submitting.limited_since = now - std::chrono::hours(2);
  notes.submitting.silences = 4;
  notes.submitting.searches["token-1"] = {2, now};
  notes.submitting.kinds = {{17, {}}, {18, now}};
  const std::string text = to_text(notes);

  EXPECT_EQ(parse_notes(text, now), notes);
  EXPECT_EQ(parse_notes(text + "missing 9\nover x y z\nfuture 1\nlimit 5\nsilences -2\nkind\n", now), notes);
  const Notes put_back = parse_notes(text, now - std::chrono::hours(1));
  EXPECT_EQ(put_back.look_at, TimePoint{}) << "a clock that was put back";
  EXPECT_EQ(put_back.doubts, Doubts{});
  EXPECT_EQ(put_back.submitting.limit, std::nullopt);
}

}  // namespace
}  // namespace stune::slurm
