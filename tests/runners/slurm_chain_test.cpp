// The coordinator as a chain of jobs, on a fake Slurm.
#include "runners/slurm_chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stune/error.hpp"
#include "tests/runners/slurm_runner_fixture.hpp"

namespace stune::slurm {
namespace {

class SlurmSuccessor : public SlurmRunnerTest {
 protected:
  SlurmSuccessor() : environment_{{"PATH", (folder_ / "tools").string()}}, chain_{folder_, "test"} {
    slurm_.jobs["50"] = {.name = "test-coordinator", .state = "RUNNING", .folder = folder_};
    slurm_.jobs["51"] = {.name = "test-coordinator", .folder = "/elsewhere/test.stune"};
  }
  /// As in the rounds of the loop.
  void pursue_for(Seconds duration) {
    for (int second = 0; second < static_cast<int>(duration.count()); ++second) {
      successor_->pursue();
      clock_.advance(Seconds(1));
    }
  }

  Environment environment_;
  Chain chain_;
  std::unique_ptr<Successor> successor_ = std::make_unique<Successor>(slurm_, clock_, chain_, environment_, "50");
};

TEST_F(SlurmSuccessor, IsInTheQueueAtOnceAndOnlyOnce) {
  successor_->pursue();
  successor_->settle();
  EXPECT_TRUE(successor_->is_submitted());
  pursue_for(Seconds(1000));

  EXPECT_EQ(slurm_.count("sbatch"), 1);
  EXPECT_EQ(slurm_.count("squeue"), 0);
}

TEST_F(SlurmSuccessor, IsAskedForUntilSlurmTakesIt) {
  slurm_.down = true;
  pursue_for(Seconds(3600));
  EXPECT_FALSE(successor_->is_submitted());
  EXPECT_LE(slurm_.count("sbatch"), 9);
  slurm_.down = false;
  pursue_for(Seconds(1000));

  EXPECT_TRUE(successor_->is_submitted());
}

TEST_F(SlurmSuccessor, IsFoundWhereSbatchLeftItOpenAndNotTakenForAnothers) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  pursue_for(Seconds(300));
  EXPECT_TRUE(successor_->is_submitted());
  EXPECT_EQ(slurm_.count("sbatch"), 1);

  successor_->withdraw();

  EXPECT_EQ(slurm_.job("100").state, "CANCELLED by 4242");
  EXPECT_EQ(slurm_.job("51").state, "PENDING");
}

TEST_F(SlurmSuccessor, IsSubmittedAgainWhereTheFirstCallCameToNothing) {
  slurm_.next_submit = FakeSlurm::Submit::loses_request;
  pursue_for(Seconds(600));

  EXPECT_TRUE(successor_->is_submitted());
  EXPECT_EQ(slurm_.count("sbatch"), 2);
}

TEST_F(SlurmSuccessor, IsNotSubmittedAgainForAnAnswerThatWasCut) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  CommandResult cut;
  cut.output = "50|test-coordinator|" + folder_.string() + "\n10";
  slurm_.words["squeue"] = cut;
  pursue_for(Seconds(3600));
  EXPECT_FALSE(successor_->is_submitted());
  slurm_.words.clear();
  pursue_for(Seconds(1000));

  EXPECT_TRUE(successor_->is_submitted());
  EXPECT_EQ(slurm_.count("sbatch"), 1);
}

TEST_F(SlurmSuccessor, WhatItAsksIsCounted) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  pursue_for(Seconds(300));

  EXPECT_THAT(successor_->budget(clock_.now()),
              testing::ElementsAre(testing::HasSubstr("1 failed (in all 1 sbatch, 1 squeue)")));
}

TEST_F(SlurmSuccessor, IsWithdrawnThoughNobodyKnowsWhetherItIsThere) {
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  successor_->pursue();

  successor_->withdraw();

  EXPECT_EQ(slurm_.job("100").state, "CANCELLED by 4242");
}

TEST_F(SlurmSuccessor, TheFirstOfTheChainIsFoundWhereSbatchLeftItOpen) {
  slurm_.jobs.clear();
  Interview slurm(slurm_, clock_, environment_, {});
  slurm_.next_submit = FakeSlurm::Submit::loses_answer;
  EXPECT_EQ(begin_first_generation(slurm, clock_, chain_, environment_), "100");
  slurm_.jobs.clear();
  slurm_.next_submit = FakeSlurm::Submit::loses_request;

  EXPECT_THROW(begin_first_generation(slurm, clock_, chain_, environment_), RunnerError);
}

}  // namespace
}  // namespace stune::slurm
