// Commands reach who runs an experiment, or say that they do not. Time passes only where the command waits.
#include "client/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "storage/lock_record.hpp"
#include "storage/requests.hpp"
#include "stune/error.hpp"
#include "stune/parameter.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// What others do while a command waits.
class HookedClock : public FakeClock {
 public:
  void wait(std::span<const int> descriptors, TimePoint deadline) override {
    FakeClock::wait(descriptors, deadline);
    meanwhile();
  }
  std::function<void()> meanwhile = [] {};
};

class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    NewExperiment wanted;
    wanted.definition.name = "far";
    wanted.definition.space = SearchSpace({range("x", 0.0, 1.0)});
    wanted.definition.optimization.objectives = {{"loss", true}};
    wanted.options.trials = 4;
    wanted.options.runner = "custom";
    Session::begin(path_, wanted).attach(Parameterization({{"x", Value{0.5}}}));
  }

  /// A lock whose holder cannot be examined from here.
  void hold_elsewhere(std::uint64_t counter = 0) const {
    LockHolder holder = storage::ourselves();
    holder.host = "login1";
    holder.nonce = "of another machine";
    holder.counter = counter;
    replace_file(path_ / "lock", storage::encoded(holder));
  }
  std::vector<ReceivedRequest> requests() const { return read_requests(path_).requests; }
  Reach reach() {
    return {false, &clock_, [this](const std::string& text) { said_ += text; }};
  }

  template <class Act>
  std::string refusal(Act&& act) {
    try {
      act();
      return "not refused";
    } catch (const StorageError& error) {
      return error.what();
    }
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "far.stune";
  HookedClock clock_;
  std::string said_;
  Progress silent_;
};

TEST_F(ControlTest, AnOwnerThatShowsNoLifeIsNotBelievedAndTheRequestIsWithdrawn) {
  hold_elsewhere();
  const auto journal = read_file(path_ / "journal.jsonl");
  const std::vector<std::function<void()>> commands = {
      [&] { stop_experiment(path_, -1, silent_, reach()); },
      [&] {
        set_options(path_, {{"parallel", "3"}}, reach());
      },
      [&] {
        attach_trial(path_, Parameterization({{"x", Value{0.25}}}), true, {}, reach());
      },
      [&] { tell_trial(path_, 0, TrialStatus::failed, {}, "spilt", reach()); }};

  for (const auto& command : commands) {
    const TimePoint began = clock_.now();

    const std::string message = refusal(command);

    EXPECT_THAT(message, AllOf(HasSubstr("on login1"), HasSubstr("no life"), HasSubstr("--take-over")));
    EXPECT_GE(clock_.now() - began, Seconds{75});
    EXPECT_LT(clock_.now() - began, Seconds{80});
    EXPECT_TRUE(requests().empty());
  }
  EXPECT_EQ(read_file(path_ / "journal.jsonl"), journal);
  EXPECT_THAT(said_, HasSubstr("waiting for process"));
}

TEST_F(ControlTest, AnOwnerThatCountsAndTakesNothingIsNotWaitedForForEver) {
  std::uint64_t counter = 0;
  hold_elsewhere();
  clock_.meanwhile = [&] { hold_elsewhere(++counter); };

  const std::string message = refusal([&] { stop_experiment(path_, -1, silent_, reach()); });

  EXPECT_THAT(message, HasSubstr("takes no requests"));
  EXPECT_TRUE(requests().empty());
}

TEST_F(ControlTest, WhatTheOwnerTakesIsSaidToBeItsOwn) {
  hold_elsewhere();
  clock_.meanwhile = [&] {
    for (const ReceivedRequest& request : requests()) remove_request(path_, request.id);
  };

  EXPECT_THAT(stop_experiment(path_, -1, silent_, reach()), HasSubstr("on login1"));
}

TEST_F(ControlTest, WhatTheOwnerTookAndDidNotDoIsRefused) {
  hold_elsewhere();
  clock_.meanwhile = [&] {
    for (const ReceivedRequest& request : requests()) remove_request(path_, request.id);
  };

  EXPECT_THROW(set_options(path_, {{"parallel", "3"}}, reach()), ConfigError);
  EXPECT_THROW(attach_trial(path_, Parameterization({{"x", Value{0.25}}}), true, {}, reach()), ConfigError);
}

TEST_F(ControlTest, AnOwnerThatEndsMeanwhileLeavesTheCommandToUs) {
  hold_elsewhere();
  clock_.meanwhile = [&] { fs::remove(path_ / "lock"); };

  EXPECT_EQ(set_options(path_, {{"parallel", "3"}}, reach()), "");

  EXPECT_EQ(view(path_).experiment.options().parallel, 3);
  EXPECT_TRUE(requests().empty());
}

TEST_F(ControlTest, TakingOverNeedsNoWait) {
  hold_elsewhere();
  Reach reach = this->reach();
  reach.take_over = true;

  const OwnTrial told = tell_trial(path_, 0, TrialStatus::completed, {{.metric = "loss", .mean = 0.5}}, "", reach);

  EXPECT_EQ(told.status, TrialStatus::completed);
  EXPECT_TRUE(told.best);
  EXPECT_EQ(clock_.waits(), 0);
}

TEST_F(ControlTest, AStopThatNobodyServedIsLiftedByTheNextRunAndOneOfATrialIsNot) {
  write_request(path_, StopRequest{{}, "before"}, clock_.now());
  write_request(path_, StopRequest{0, "this one"}, clock_.now());
  Session session = Session::open(path_);

  session.change(session.experiment().options());

  ASSERT_EQ(requests().size(), 1U);
  EXPECT_EQ(std::get<StopRequest>(requests()[0].request).trial, 0);
  EXPECT_THAT(session.notices(), testing::Contains(HasSubstr("lifted")));
  EXPECT_FALSE(session.experiment().stop_asked());
}

}  // namespace
}  // namespace stune
