#include "scheduler/failure_policy.hpp"

#include <gtest/gtest.h>

#include "tests/scheduler/rig.hpp"

namespace stune {
namespace {

Trial trial_after(int infrastructure_failures) {
  Trial trial;
  for (int i = 0; i < infrastructure_failures; ++i) {
    trial.attempts.emplace_back().ending = Ending{.cause = Cause::node_failure};
  }
  trial.attempts.emplace_back();
  return trial;
}

Experiment begun() {
  Experiment experiment;
  experiment.apply({1, {}, ExperimentCreated{small_definition(), options_for(10, 2)}});
  return experiment;
}

TEST(FailurePolicy, EveryCauseHasItsConsequence) {
  const Experiment experiment = begun();
  const std::pair<Cause, Consequence> table[] = {{Cause::completed, Consequence::fetch_metrics},
                                                 {Cause::exit_code, Consequence::fail},
                                                 {Cause::signal, Consequence::fail},
                                                 {Cause::out_of_memory, Consequence::fail},
                                                 {Cause::timeout, Consequence::fail},
                                                 {Cause::cancelled, Consequence::abandon},
                                                 {Cause::preempted, Consequence::retry},
                                                 {Cause::node_failure, Consequence::retry},
                                                 {Cause::launch_failure, Consequence::retry},
                                                 {Cause::lost, Consequence::retry},
                                                 {Cause::stopped, Consequence::abandon},
                                                 {Cause::interrupted, Consequence::retry}};

  for (const auto& [cause, consequence] : table) {
    EXPECT_EQ(decide_ending(experiment, trial_after(0), Ending{.cause = cause}).consequence, consequence)
        << to_string(cause);
  }
}

TEST(FailurePolicy, InfrastructureIsForgivenFiveTimes) {
  const Experiment experiment = begun();

  EXPECT_EQ(decide_ending(experiment, trial_after(4), {.cause = Cause::preempted}).consequence, Consequence::retry);
  EXPECT_EQ(decide_ending(experiment, trial_after(5), {.cause = Cause::preempted}).consequence, Consequence::abandon);
}

TEST(FailurePolicy, AfterAStopEveryUnfinishedEndIsAWithdrawal) {
  Experiment experiment = begun();
  experiment.apply({2, {}, StopAsked{-1, "enough"}});

  EXPECT_EQ(decide_ending(experiment, trial_after(0), {.cause = Cause::signal}).consequence, Consequence::abandon);
  EXPECT_EQ(decide_ending(experiment, trial_after(0), {.cause = Cause::completed}).consequence,
            Consequence::fetch_metrics);
}

Trial ended(TrialStatus status) {
  Trial trial;
  trial.status = status;
  return trial;
}

TEST(FailureTally, IsSilentBeforeFiveFailuresUnlessTheRunIsOver) {
  FailureTally tally((Experiment()));
  for (int i = 0; i < 4; ++i) tally.count(ended(TrialStatus::failed));

  EXPECT_TRUE(tally.verdict(0.5, false).empty());
  EXPECT_FALSE(tally.verdict(0.5, true).empty());
}

TEST(FailureTally, ComparesTheShareOfFailuresWithWhatIsTolerated) {
  FailureTally tally((Experiment()));
  for (int i = 0; i < 5; ++i) tally.count(ended(TrialStatus::failed));
  for (int i = 0; i < 5; ++i) tally.count(ended(TrialStatus::completed));

  EXPECT_TRUE(tally.verdict(0.5, false).empty());
  EXPECT_FALSE(tally.verdict(0.49, false).empty());
}

TEST(FailureTally, WithdrawnTrialsDoNotCount) {
  FailureTally tally((Experiment()));
  for (int i = 0; i < 9; ++i) tally.count(ended(TrialStatus::abandoned));

  EXPECT_TRUE(tally.verdict(0.0, true).empty());
}

}  // namespace
}  // namespace stune
