#include "scheduler/retention.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiment/keep.hpp"
#include "stune/error.hpp"
#include "tests/scheduler/rig.hpp"

namespace stune {
namespace {

/// An experiment whose trials end as the test says.
class Retention : public testing::Test {
 protected:
  Retention() { apply(ExperimentCreated{small_definition(), options_for(10, 2)}); }

  void apply(EventBody body) { experiment.apply({experiment.last_sequence() + 1, {}, std::move(body)}); }
  void keep(const std::string& which) {
    RunOptions options = experiment.options();
    options.keep = which;
    apply(OptionsChanged{options});
  }
  int create() {
    const int trial = static_cast<int>(experiment.trials().size());
    apply(TrialCreated{trial, {{"x", 0.5}, {"n", std::int64_t{1}}}, "Sobol", 0, false, {}});
    return trial;
  }
  int start() {
    const int trial = create();
    apply(SubmissionIntended{"token-" + std::to_string(trial), {{trial, 0}}});
    return trial;
  }
  int end(TrialStatus status, Cause cause, double loss = 1.0) {
    const int trial = start();
    std::vector<Observation> results;
    if (status == TrialStatus::completed) results.push_back({"loss", final_step, loss, 0.0});
    apply(TrialEnded{trial, status, {}, Ending{.cause = cause}, results});
    return trial;
  }
  bool due(int trial) const { return is_folder_due(experiment, experiment.trial(trial)); }

  Experiment experiment;
};

TEST_F(Retention, KeepsEverythingUnlessAskedOtherwise) {
  const int completed = end(TrialStatus::completed, Cause::completed);
  const int failed = end(TrialStatus::failed, Cause::exit_code);

  EXPECT_FALSE(due(completed));
  EXPECT_FALSE(due(failed));
}

TEST_F(Retention, FailedKeepsFailuresAndTrialsThatMachinesFailed) {
  keep("failed");

  EXPECT_TRUE(due(end(TrialStatus::completed, Cause::completed)));
  EXPECT_TRUE(due(end(TrialStatus::early_stopped, Cause::stopped)));
  EXPECT_TRUE(due(end(TrialStatus::abandoned, Cause::cancelled)));
  EXPECT_FALSE(due(end(TrialStatus::failed, Cause::exit_code)));
  EXPECT_FALSE(due(end(TrialStatus::abandoned, Cause::node_failure)));
}

TEST_F(Retention, BestKeepsTheBestTrialSoFarAndNoOther) {
  keep("best");
  const int failed = end(TrialStatus::failed, Cause::exit_code);
  EXPECT_TRUE(due(failed));
  const int first = end(TrialStatus::completed, Cause::completed, 2.0);
  EXPECT_FALSE(due(first));
  const int worse = end(TrialStatus::completed, Cause::completed, 3.0);
  const int better = end(TrialStatus::completed, Cause::completed, 1.0);

  EXPECT_TRUE(due(first));
  EXPECT_TRUE(due(worse));
  EXPECT_FALSE(due(better));
}

TEST_F(Retention, ATrialThatIsNotOverIsNeverDue) {
  for (const char* which : {"all", "failed", "best"}) {
    keep(which);
    const int waiting = create();
    const int live = start();
    const int ended = start();
    apply(JobReported{{ended, 0}, JobState::ended, Ending{.cause = Cause::completed}, {}});

    EXPECT_FALSE(due(waiting)) << which;
    EXPECT_FALSE(due(live)) << which;
    EXPECT_FALSE(due(ended)) << which << ": its metrics are still to be read";
  }
}

TEST(SeenToEnd, OnlyWhatVanishedMayWriteStill) {
  const Cause doubtful[] = {Cause::lost, Cause::node_failure, Cause::stopped};
  for (int i = 0; i <= static_cast<int>(Cause::interrupted); ++i) {
    Attempt attempt;
    attempt.ending = Ending{.cause = static_cast<Cause>(i)};
    const bool doubt = std::ranges::find(doubtful, attempt.ending->cause) != std::end(doubtful);

    EXPECT_EQ(is_seen_to_end(attempt), !doubt) << to_string(attempt.ending->cause);
    attempt.ending->started = TimePoint{};  // by the exit record
    EXPECT_TRUE(is_seen_to_end(attempt)) << to_string(attempt.ending->cause);
  }
  EXPECT_TRUE(is_seen_to_end(Attempt{.state = JobState::absent}));
}

TEST(SubmissionHolders, TheLastOneThatLetsGoIsTold) {
  SubmissionHolders holders;
  holders.hold("a");
  holders.hold("a");
  holders.hold("b");

  EXPECT_FALSE(holders.release("a"));
  EXPECT_TRUE(holders.release("a"));
  EXPECT_FALSE(holders.release("a"));
  EXPECT_TRUE(holders.release("b"));
}

TEST(Keep, NamesWhatIsValid) {
  EXPECT_EQ(parse_keep("failed"), Keep::failed);
  try {
    parse_keep("none");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("found \"none\"; valid are \"all\", \"failed\" and \"best\""));
  }
}

}  // namespace
}  // namespace stune
