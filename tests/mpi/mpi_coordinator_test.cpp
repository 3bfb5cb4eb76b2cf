// Rank 0 with ranks that exist on paper only: who gets which trial, who counts as dead, and what becomes of what they
// had.
#include "runners/mpi_coordinator.hpp"

#include <gmock/gmock.h>

#include <memory>

#include "stune/error.hpp"
#include "tests/contract/script_place.hpp"
#include "tests/mpi/fake_post.hpp"
#include "tests/support/fake_clock.hpp"
#include "trial/claim.hpp"

namespace stune::mpi {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class MpiCoordinator : public testing::Test {
 protected:
  MpiCoordinator() { place_.workplace().clock = &clock_; }

  void open(const std::vector<std::string>& hosts, MpiOptions options = {}, bool in_process = true) {
    post_ = std::make_unique<FakePost>(host_name(), hosts);
    coordinator_ = std::make_unique<Coordinator>(*post_, options, place_.workplace());
    for (int rank = 1; rank < post_->size(); rank += options.ranks_per_trial) say_hello(rank, in_process);
    poll();
    for (int rank = 1; rank < post_->size(); ++rank) post_->take<Open>(rank);
  }
  void say_hello(int rank, bool in_process = false) {
    post_->say(rank, Hello{place_.workplace().folder.string(), in_process, {}});
  }
  void submit(int trial) { coordinator_->submit("token", job(trial)); }
  static Job job(int trial) { return {{trial, 0}, {}, 0, {}, {}}; }
  void poll(Seconds later = Seconds(0)) {
    clock_.advance(later);
    for (JobReport& report : coordinator_->poll(clock_.now())) reports_.push_back(std::move(report));
  }
  /// Others beat meanwhile, as they do every other second.
  void pass(Seconds duration, const std::vector<int>& living) {
    for (Seconds passed(0); passed < duration; passed += Seconds(2)) {
      for (const int rank : living) post_->say(rank, Beat{});
      poll(Seconds(2));
    }
  }
  void say_running(int rank, int trial) { say(rank, {.id = {trial, 0}, .state = JobState::running, .ending = {}}); }
  void say_ended(int rank, int trial, Seconds duration = Seconds(100)) {
    Ending ending{.cause = Cause::completed};
    ending.started = clock_.now();
    ending.ended = later(clock_.now(), duration);
    say(rank, {.id = {trial, 0}, .state = JobState::ended, .ending = ending});
  }
  void say(int rank, const JobReport& report) {
    post_->say(rank, Report{report});
    poll();
  }
  std::vector<int> assigned(int rank) {
    std::vector<int> trials;
    for (const Assign& assign : post_->take<Assign>(rank)) trials.push_back(assign.job.id.trial);
    return trials;
  }
  std::vector<int> stopped(int rank) {
    std::vector<int> trials;
    for (const Stop& stop : post_->take<Stop>(rank)) trials.push_back(stop.id.trial);
    return trials;
  }
  /// The last that was reported; unknown if nothing was.
  JobReport last(int trial) const {
    JobReport found;
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial) found = report;
    }
    return found;
  }
  void claim_for(int trial, const std::string& host) {
    place_.prepare({trial, 0});
    const AttemptFolder folder = ExperimentFolder(place_.workplace().folder).attempt({trial, 0});
    std::filesystem::create_directories(folder.path());
    claim(folder, {.job = "local:" + host + ":1", .host = host, .process = {}, .nonce = "one"});
  }

  FakeClock clock_;
  contract::ScriptPlace place_{std::filesystem::temp_directory_path()};
  std::unique_ptr<FakePost> post_;
  std::unique_ptr<Coordinator> coordinator_;
  std::vector<JobReport> reports_;
};

// ---- who gets which trial

TEST_F(MpiCoordinator, LongTrialsAreHandedOutOneToEachWorker) {
  open({"n1", "n1"});
  for (int trial = 0; trial < 3; ++trial) submit(trial);
  poll();

  EXPECT_THAT(assigned(1), ElementsAre(0));
  EXPECT_THAT(assigned(2), ElementsAre(1));
  EXPECT_EQ(last(2).state, JobState::pending);
  say_ended(1, 0);

  EXPECT_THAT(assigned(1), ElementsAre(2));
}

TEST_F(MpiCoordinator, WhileTrialsAreShortEachWorkerHasOneMoreAtHand) {
  open({"n1"});
  for (int trial = 0; trial < 3; ++trial) {
    submit(trial);
    say_ended(1, trial, Seconds(0.1));
  }
  assigned(1);

  EXPECT_EQ(coordinator_->capacity(), 2);
  for (int trial = 3; trial < 6; ++trial) submit(trial);

  EXPECT_THAT(assigned(1), ElementsAre(3, 4));
}

TEST_F(MpiCoordinator, WhatWaitsBehindALongTrialGoesToWhoeverIsIdle) {
  open({"n1", "n1"});
  for (int trial = 0; trial < 3; ++trial) {
    submit(trial);
    say_ended(1, trial, Seconds(0.1));
  }
  for (int trial = 3; trial < 6; ++trial) submit(trial);
  assigned(1), assigned(2);  // 3 and 5 for the one, 4 for the other
  say_ended(2, 4, Seconds(0.1));
  poll(Seconds(2));

  const auto recalls = post_->take<Recall>(1);
  ASSERT_THAT(recalls, SizeIs(1));
  EXPECT_EQ(recalls[0].id, (AttemptId{5, 0}));
  post_->say(1, Recalled{{5, 0}});
  poll();

  EXPECT_THAT(assigned(2), ElementsAre(5));
}

// ---- who counts as dead

TEST_F(MpiCoordinator, AWorkerThatHangsWithATrialIsLostWhenItIsSilentForTooLong) {
  open({"n1", "n2"}, {.worker_patience = Seconds(30)}, false);
  submit(0);
  claim_for(0, "n1");
  say_running(1, 0);

  pass(Seconds(26), {2});
  EXPECT_EQ(coordinator_->capacity(), 1);
  EXPECT_EQ(last(0).state, JobState::running);
  pass(Seconds(60), {2});  // and then whoever could look for its process there has time to

  ASSERT_EQ(last(0).state, JobState::ended);
  EXPECT_EQ(last(0).ending->cause, Cause::node_failure);
  EXPECT_THAT(last(0).ending->detail, HasSubstr("n1"));
  submit(1), submit(2);
  EXPECT_THAT(assigned(2), ElementsAre(1));
}

TEST_F(MpiCoordinator, SomebodyElseOnTheNodeLooksForTheTrialOfALostWorker) {
  open({"n1", "n1"}, {.worker_patience = Seconds(30)}, false);
  submit(0);
  claim_for(0, "n1");
  say_running(1, 0);
  pass(Seconds(40), {2});

  const auto adopted = post_->take<Adopt>(2);
  ASSERT_THAT(adopted, SizeIs(1));
  EXPECT_EQ(adopted[0].job.id, (AttemptId{0, 0}));
  say_ended(2, 0);

  EXPECT_EQ(last(0).ending->cause, Cause::completed);
}

TEST_F(MpiCoordinator, AFunctionMayBeSilentUnlessSomebodySaidForHowLong) {
  open({"n1"});
  submit(0);
  say_running(1, 0);
  pass(Seconds(3600), {});
  EXPECT_EQ(last(0).state, JobState::running);

  open({"n1", "n2"}, {.function_patience = Seconds(100)});
  submit(1);
  say_running(1, 1);
  pass(Seconds(90), {2});
  EXPECT_EQ(last(1).state, JobState::running);
  pass(Seconds(20), {2});

  EXPECT_EQ(last(1).ending->cause, Cause::node_failure);
  EXPECT_THAT(last(1).ending->detail, HasSubstr("is silent"));
}

TEST_F(MpiCoordinator, ARankOfAnotherNodeIsLostWhenItsNeighbourSaysSo) {
  open({"n1", "n1"});
  submit(0);
  ASSERT_THAT(assigned(1), ElementsAre(0));
  say_running(1, 0);

  post_->say(2, Died{1});
  poll();

  EXPECT_EQ(last(0).ending->cause, Cause::node_failure);
  EXPECT_THAT(last(0).ending->detail, HasSubstr("has died"));
  submit(1);
  EXPECT_THAT(assigned(1), IsEmpty());
  EXPECT_THAT(assigned(2), ElementsAre(1));
}

TEST_F(MpiCoordinator, WhereNobodyIsLeftTheRunEndsAndSaysWhy) {
  open({"n1"});
  post_->say(1, Died{1});

  try {
    poll();
    FAIL();
  } catch (const RunnerError& e) {
    EXPECT_THAT(e.what(), HasSubstr("worker rank 1 on n1"));
  }
}

// ---- teams

TEST_F(MpiCoordinator, ATeamOfWhichOneHasDiedIsNeverUsedAgain) {
  open({"n1", "n1", "n2", "n2"}, {.ranks_per_trial = 2});
  submit(0);
  ASSERT_THAT(assigned(1), ElementsAre(0));
  say_running(1, 0);

  post_->say(1, Died{2});
  poll();
  EXPECT_EQ(last(0).ending->cause, Cause::node_failure);
  say_ended(1, 0);
  pass(Seconds(20), {1, 3});

  EXPECT_THAT(post_->take<Open>(1), IsEmpty());
  submit(1), submit(2);
  EXPECT_THAT(assigned(1), IsEmpty());
  EXPECT_THAT(assigned(3), ElementsAre(1));
}

// ---- coming back

TEST_F(MpiCoordinator, AWorkerThatComesBackFirstEndsWhatWasGivenUp) {
  open({"n1", "n2"}, {.worker_patience = Seconds(30)}, false);
  submit(0);
  claim_for(0, "n1");
  say_running(1, 0);
  pass(Seconds(90), {2});
  ASSERT_EQ(last(0).state, JobState::ended);
  stopped(1);

  post_->say(1, Beat{});
  poll();
  EXPECT_THAT(stopped(1), ElementsAre(0));
  EXPECT_THAT(post_->take<Open>(1), IsEmpty());
  say(1, {.id = {0, 0}, .state = JobState::ended, .ending = Ending{.cause = Cause::stopped}});
  post_->say(1, Beat{});
  poll();

  EXPECT_THAT(post_->take<Open>(1), SizeIs(1));
  EXPECT_EQ(last(0).ending->cause, Cause::node_failure);  // what was said stands
  say_hello(1);
  poll();
  EXPECT_EQ(coordinator_->capacity(), 2);
}

TEST_F(MpiCoordinator, AWorkerThatComesBackKeepsToTheTrialThatSomebodyElseFound) {
  open({"n1", "n1"}, {.worker_patience = Seconds(30)}, false);
  submit(0);
  claim_for(0, "n1");
  say_running(1, 0);
  pass(Seconds(40), {2});

  pass(Seconds(10), {1, 2});
  EXPECT_THAT(stopped(1), IsEmpty());
  EXPECT_THAT(post_->take<Open>(1), IsEmpty());
  say_ended(1, 0);
  say_ended(2, 0);
  pass(Seconds(2), {1, 2});

  EXPECT_EQ(last(0).ending->cause, Cause::completed);
  EXPECT_THAT(post_->take<Open>(1), SizeIs(1));
}

TEST_F(MpiCoordinator, AWorkerThatWindsDownDoesNotComeBack) {
  open({"n1", "n2"}, {.worker_patience = Seconds(30)});
  pass(Seconds(40), {2});

  post_->say(1, Beat{.winding_down = true});
  poll();

  EXPECT_THAT(post_->take<Open>(1), IsEmpty());
}

// ---- time limits, and the end

TEST_F(MpiCoordinator, WhatWasAtHandBehindAFunctionThatDoesNotEndIsTriedElsewhere) {
  place_.workplace().trial_time_limit = Seconds(10);
  open({"n1"});
  for (int trial = 0; trial < 3; ++trial) {
    submit(trial);
    say_ended(1, trial, Seconds(0.1));
  }
  submit(3), submit(4);
  say_running(1, 3);

  poll(Seconds(11));

  EXPECT_EQ(last(3).ending->cause, Cause::timeout);
  EXPECT_EQ(last(4).ending->cause, Cause::node_failure);
  post_->say(1, Beat{});
  poll();
  EXPECT_THAT(stopped(1), ElementsAre(3, 3, 4));
}

TEST_F(MpiCoordinator, AnInterruptedRunWaitsForFunctionsAndPutsOffWhatHasNotBegun) {
  open({"n1"});
  for (int trial = 0; trial < 3; ++trial) {
    submit(trial);
    say_ended(1, trial, Seconds(0.1));
  }
  for (int trial = 3; trial < 6; ++trial) submit(trial);  // the last one finds no room
  say_running(1, 3);

  EXPECT_TRUE(coordinator_->wind_down());
  poll();
  EXPECT_EQ(last(5).state, JobState::deferred);
  EXPECT_THAT(post_->take<Recall>(1), SizeIs(2));  // what has begun does not heed it
  post_->say(1, Recalled{{4, 0}});
  poll();
  EXPECT_EQ(last(4).state, JobState::deferred);
  EXPECT_TRUE(coordinator_->wind_down());
  say_ended(1, 3);

  EXPECT_EQ(last(3).ending->cause, Cause::completed);
  EXPECT_FALSE(coordinator_->wind_down());
}

TEST_F(MpiCoordinator, CommandsGoOnWithoutUsAndAreNotWaitedFor) {
  open({"n1"}, {}, false);
  submit(0);
  say_running(1, 0);

  EXPECT_FALSE(coordinator_->wind_down());
}

}  // namespace
}  // namespace stune::mpi
