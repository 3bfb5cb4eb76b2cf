// How much Slurm is asked, whatever happens, by one coordinator or by many that follow one another.
#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;

class SlurmQueries : public SlurmRunnerTest {
 protected:
  /// What a coordinator does that does what is due and ends.
  void step(std::vector<Submission> known, std::vector<Submission> fresh = {}) {
    restart();
    if (!known.empty()) runner_->adopt(std::move(known));
    poll();
    if (!fresh.empty()) runner_->submit(std::move(fresh));
    for (int rounds = 0; rounds < 100 && runner_->busy(); ++rounds) {
      poll();
      if (runner_->busy()) clock_.advance(Seconds(1));
    }
  }
  void have_one_running() {
    submit(0);
    run_for(Seconds(1));
    ASSERT_TRUE(start("100", 0));
  }
  static Submission known(int trial, const std::string& job) {
    Submission known = submission(trial);
    known.jobs[0].metadata = Metadata{{"job", job}};
    return known;
  }
};

TEST_F(SlurmQueries, ASteadyStreamOfSubmissionsIsSeenWithOneQueryAMinute) {
  for (int trial = 0; trial < 600; ++trial) {
    submit(trial);
    run_for(Seconds(1));
  }

  EXPECT_EQ(slurm_.count("sbatch"), 600);
  EXPECT_LE(slurm_.count("squeue"), 10);
}

TEST_F(SlurmQueries, AnSbatchThatAlwaysLeavesItOpenCostsOneQueryAMinuteAndNoTrial) {
  slurm_.every_submit = FakeSlurm::Submit::loses_answer;
  for (int trial = 0; trial < 300; ++trial) {
    submit(trial);
    run_for(Seconds(1));
  }
  run_for(Seconds(120));

  EXPECT_LE(slurm_.count("squeue"), 8);
  for (int trial = 0; trial < 300; ++trial) EXPECT_THAT(states(trial), ElementsAre(JobState::pending));
}

TEST_F(SlurmQueries, CancellingOneJobAfterAnotherCostsOneQueryAMinute) {
  for (int trial = 0; trial < 300; ++trial) submit(trial);
  run_for(Seconds(400));
  const int before = slurm_.count("squeue");
  for (int trial = 0; trial < 300; ++trial) {
    const std::vector<AttemptId> id{{trial, 0}};
    runner_->stop(id);
    run_for(Seconds(1));
  }

  EXPECT_LE(slurm_.count("squeue") - before, 6);
}

TEST_F(SlurmQueries, WhileJobsAreSubmittedFinishedOnesAreStillSeenWithinSeconds) {
  have_one_running();
  run_for(Seconds(30));
  finish("100", 0, 0);
  for (int trial = 1; trial < 15; ++trial) {
    submit(trial);
    run_for(Seconds(1));
  }

  EXPECT_TRUE(has_ended(0));
}

TEST_F(SlurmQueries, StepAfterStepAsksAsLittleAsOneLongRun) {
  have_one_running();
  const int before = slurm_.count("squeue");
  for (int second = 0; second < 180; ++second) {
    step({known(0, "100")});
    clock_.advance(Seconds(1));
  }

  EXPECT_LE(slurm_.count("squeue") - before, 4);
  EXPECT_GE(slurm_.count("squeue") - before, 2);
}

TEST_F(SlurmQueries, StepAfterStepSubmitsNoFasterThanOneLongRun) {
  for (int trial = 0; trial < 40; ++trial) {
    restart();
    if (runner_->capacity() > 0) submit(trial);
    poll();
    poll();
  }

  EXPECT_LE(slurm_.count("sbatch"), 10);
}

TEST_F(SlurmQueries, AStepDoesNotWaitForAControllerThatIsAway) {
  slurm_.down = true;
  const TimePoint begun = clock_.now();

  step({}, {submission(0)});

  EXPECT_LE(clock_.now() - begun, Seconds(60));
  EXPECT_FALSE(runner_->busy());
}

TEST_F(SlurmQueries, ADoubtIsSettledBySeveralStepsThatEachLookOnce) {
  slurm_.every_submit = FakeSlurm::Submit::loses_request;
  step({}, {submission(0)});
  int steps = 0;
  while (states(0).empty() && steps < 10) {
    clock_.advance(Seconds(300));
    step({submission(0)});
    ++steps;
  }

  EXPECT_THAT(states(0), ElementsAre(JobState::absent));
  EXPECT_LE(steps, 3);
}

TEST_F(SlurmQueries, ThatOneAttemptHasStartedIsKnownToTheNextCoordinator) {
  have_one_running();
  run_for(Seconds(10));
  ASSERT_EQ(runner_->capacity(), unlimited);

  restart();

  EXPECT_EQ(runner_->capacity(), unlimited);
}

TEST_F(SlurmQueries, AnScancelThatFailsIsRepeatedLessAndLess) {
  have_one_running();
  slurm_.cancel_fails = true;
  const std::vector<AttemptId> id{{0, 0}};

  runner_->stop(id);
  run_for(Seconds(600));
  EXPECT_LE(slurm_.count("scancel"), 9);
  slurm_.cancel_fails = false;
  run_for(Seconds(400));

  EXPECT_EQ(slurm_.job("100").state, "CANCELLED by 4242");
}

TEST_F(SlurmQueries, AccountingThatWasAwayForADayIsBelievedWhenItIsBack) {
  submit(0);
  submit(1);
  run_for(Seconds(1));
  slurm_.database_down = true;
  slurm_.job("100").state = "CANCELLED by 4242";
  run_for(Seconds(24 * 3600.0));
  EXPECT_TRUE(has_ended(0)) << "its question has waited long enough";
  const int asked = slurm_.count("sacct");
  EXPECT_LE(asked, 24 * 60 / 2);
  slurm_.database_down = false;
  slurm_.job("101").state = "CANCELLED by 4242";

  run_for(Seconds(3600));

  EXPECT_EQ(ending(1).cause, Cause::preempted) << "accounting knows that it was somebody else";
}

TEST_F(SlurmQueries, WhereCronLeavesOutWhereSlurmIsItIsWhereItWas) {
  workplace_.environment["PATH"] = (folder_ / "tools").string();
  workplace_.environment["SLURM_CONF"] = (folder_ / "tools" / "sbatch").string();  // any file
  ::setenv("PATH", "/nowhere", 1);
  ::unsetenv("SLURM_CONF");

  restart();
  submit(0);
  run_for(Seconds(30));

  EXPECT_THAT(states(0), ElementsAre(JobState::pending));
  for (const CommandCall& call : slurm_.calls) {
    EXPECT_EQ(call.environment.at("SLURM_CONF"), workplace_.environment["SLURM_CONF"]);
  }
}

}  // namespace
}  // namespace stune::slurm
