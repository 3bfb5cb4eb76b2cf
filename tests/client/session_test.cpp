#include "client/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "storage/lock.hpp"
#include "stune/error.hpp"
#include "stune/parameter.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_runner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    wanted_.definition.name = "session";
    wanted_.definition.space = SearchSpace({range("x", 0.0, 1.0)});
    wanted_.definition.optimization.objectives = {{"loss", true}};
    wanted_.options.trials = 4;
    wanted_.options.parallel = 2;
    wanted_.environment = {{"HOME", "/home/me"}, {"AWKWARD", "a=b\nc"}};
    cluster_.set_script([](const Job& job) {
      return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, job.parameters.number("x"), 0.0}}, 0, {}};
    });
  }

  Session begin() {
    SessionParts parts;
    parts.runner = std::make_unique<FakeRunner>(cluster_);
    parts.clock = &clock_;
    return Session::begin(path_, wanted_, std::move(parts));
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "session.stune";
  FakeClock clock_;
  FakeCluster cluster_;
  NewExperiment wanted_;
  Progress silent_;
};

TEST_F(SessionTest, TheFolderIsPrivateToTheUser) {
  begin();

  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(path_ / "environment").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SessionTest, ASecondOwnerIsRefusedByName) {
  const Session first = begin();

  try {
    begin();
    FAIL() << "two owners";
  } catch (const StorageError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr(std::to_string(::getpid())));
  }
}

TEST_F(SessionTest, AFolderOfSomethingElseIsLeftAlone) {
  create_folders(path_);
  replace_file(path_ / "thesis.tex", "precious");

  EXPECT_THROW(begin(), ConfigError);
  EXPECT_EQ(std::distance(fs::directory_iterator(path_), {}), 1);
}

TEST_F(SessionTest, AFileOfThatNameIsLeftAlone) {
  replace_file(path_, "precious");

  EXPECT_THROW(begin(), ConfigError);
  EXPECT_EQ(read_file(path_), "precious");
}

TEST_F(SessionTest, BeginsWhereOneWasKilledWhileTakingTheLock) {
  const std::vector<std::vector<const char*>> left = {
      {}, {".tmp.0123456789abcdef"}, {"lock.dead.abc", "script.sh", "environment"}};
  for (const auto& names : left) {
    fs::remove_all(path_);
    fs::create_directory(path_);
    for (const char* name : names) replace_file(path_ / name, "");
    EXPECT_TRUE(begin().experiment().exists());
  }
}

TEST_F(SessionTest, WhatIsInvalidCreatesNoFolder) {
  wanted_.options.trials = 0;

  EXPECT_THROW(begin(), ConfigError);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(SessionTest, NewOptionsAreTakenWhenItIsBegunAgain) {
  begin().run(silent_);
  wanted_.options.trials = 7;
  Session again = begin();

  EXPECT_EQ(again.run(silent_).reason, StopReason::finished);
  EXPECT_EQ(again.experiment().count(TrialStatus::completed), 7);
}

TEST_F(SessionTest, AnInterruptEndsTheRunAndLeavesTheJobs) {
  cluster_.set_script([](const Job&) { return std::optional<FakeOutcome>(); });
  Wakeup interrupt;
  class InterruptWhenStarted : public Progress {
   public:
    explicit InterruptWhenStarted(const Wakeup& wakeup) : wakeup_(wakeup) {}
    void trials_started(std::span<const int>) override { wakeup_.notify(); }

   private:
    const Wakeup& wakeup_;
  } progress(interrupt);

  const RunSummary summary = begin().run(progress, &interrupt);

  EXPECT_EQ(summary.reason, StopReason::interrupted);
  EXPECT_FALSE(cluster_.live().empty());
}

TEST_F(SessionTest, AViewSeesWhatHappenedWithoutTheLock) {
  Session owner = begin();
  owner.run(silent_);

  const View seen = view(path_);

  EXPECT_EQ(seen.experiment.count(TrialStatus::completed), 4);
  EXPECT_THAT(seen.owner, testing::HasSubstr(std::to_string(::getpid())));
}

TEST_F(SessionTest, StopWithoutAnOwnerCancelsTheJobsThatAreLeft) {
  cluster_.set_script([](const Job&) { return std::optional<FakeOutcome>(); });
  Wakeup interrupt;
  interrupt.notify();
  {
    Session session = begin();
    session.step(silent_);
  }
  ASSERT_FALSE(cluster_.live().empty());

  begin().stop(-1, silent_);

  EXPECT_TRUE(cluster_.live().empty());
  EXPECT_TRUE(view(path_).experiment.stop_asked());
}

TEST_F(SessionTest, AnOwnerThatDoesNotRunCanShowThatItLives) {
  Session session = begin();
  const auto before = read_lock(path_)->counter;

  clock_.advance(lock_beat);
  session.beat();

  EXPECT_GT(read_lock(path_)->counter, before);
}

TEST_F(SessionTest, StoppingATrialThatAPersonRunsNeedsNoRunner) {
  wanted_.options.runner = "custom";
  Session session = Session::begin(path_, wanted_);
  session.ask(2);

  session.stop(1, silent_);

  EXPECT_EQ(session.experiment().trial(1).status, TrialStatus::abandoned);
  EXPECT_EQ(session.experiment().trial(0).status, TrialStatus::running);
}

TEST_F(SessionTest, AskedTrialsRunByHandAndAreNotScheduled) {
  Session session = begin();
  const std::vector<int> asked = session.ask(2);
  session.end(asked[0], TrialStatus::completed, {{"loss", final_step, 0.5, 0.0}});

  session.run(silent_);

  EXPECT_EQ(session.experiment().count(TrialStatus::completed), 3);
  EXPECT_EQ(session.experiment().count(TrialStatus::running), 1);
  EXPECT_EQ(cluster_.total_starts(), 2);
}

}  // namespace
}  // namespace stune
