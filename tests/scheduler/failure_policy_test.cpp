#include "scheduler/failure_policy.hpp"

#include <gtest/gtest.h>

#include "experiment/escalation.hpp"
#include "scheduler/host_health.hpp"
#include "stune/error.hpp"
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
    EXPECT_EQ(decide_ending(experiment, {}, trial_after(0), Ending{.cause = cause}).consequence, consequence)
        << to_string(cause);
  }
}

TEST(FailurePolicy, AReasonSaysNothingTwice) {
  const auto reason = [](const Ending& ending) { return decide_ending(begun(), {}, trial_after(0), ending).reason; };

  EXPECT_EQ(reason({.cause = Cause::exit_code, .exit_code = 5, .detail = "exit code 5\nno data"}),
            "exit code 5\nno data");
  EXPECT_EQ(reason({.cause = Cause::signal, .signal = 11, .detail = "killed by SIGSEGV"}), "killed by SIGSEGV");
  EXPECT_EQ(reason({.cause = Cause::signal, .signal = 11}), "killed by signal 11");
  EXPECT_EQ(reason({.cause = Cause::timeout, .detail = "Slurm says TIMEOUT"}), "timeout: Slurm says TIMEOUT");
}

TEST(FailurePolicy, WhatRanOutIsTriedAgainWithMoreAsOftenAsAsked) {
  RunOptions options = options_for(10, 2);
  options.on_timeout = "retry,1.5,2";
  Experiment experiment = begun();
  experiment.apply({2, {}, OptionsChanged{options}});
  Trial trial = trial_after(3);

  EXPECT_EQ(decide_ending(experiment, growth_of(options), trial, {.cause = Cause::timeout}).consequence,
            Consequence::retry);
  trial.attempts.back().ending = Ending{.cause = Cause::timeout};
  trial.attempts.emplace_back();
  EXPECT_EQ(decide_ending(experiment, growth_of(options), trial, {.cause = Cause::timeout}).consequence,
            Consequence::retry);
  EXPECT_EQ(grants(trial, Cause::timeout), 1);
  trial.attempts.back().ending = Ending{.cause = Cause::timeout};
  trial.attempts.emplace_back();
  EXPECT_EQ(decide_ending(experiment, growth_of(options), trial, {.cause = Cause::timeout}).consequence,
            Consequence::fail);
  EXPECT_EQ(decide_ending(experiment, growth_of(options), trial, {.cause = Cause::out_of_memory}).consequence,
            Consequence::fail);
}

TEST(Escalation, IsReadAndEverythingElseIsRefused) {
  EXPECT_EQ(parse_escalation("fail"), (Escalation{0, 1.0}));
  EXPECT_EQ(parse_escalation("retry"), (Escalation{2, 2.0}));
  EXPECT_EQ(parse_escalation("retry,1.5"), (Escalation{2, 1.5}));
  EXPECT_EQ(parse_escalation("retry,3,1"), (Escalation{1, 3.0}));
  for (const char* text : {"", "again", "retry,", "retry,0.5", "retry,2,0", "retry,2,3,4", "retry,2,1.5", "fail,2"}) {
    EXPECT_THROW(parse_escalation(text), ConfigError) << text;
  }
}

Ending on(const std::string& host, Cause cause) { return {.cause = cause, .host = host}; }

TEST(HostHealth, AMachineThatFailsTwiceInARowIsAvoidedForAnHour) {
  HostHealth health(begun());
  const TimePoint start = TimePoint{} + std::chrono::hours(1000);
  health.learn(on("n1", Cause::node_failure), start);
  EXPECT_TRUE(health.to_avoid(start).empty());
  health.learn(on("n1", Cause::launch_failure), start + std::chrono::minutes(5));

  EXPECT_EQ(health.to_avoid(start + std::chrono::minutes(60)), std::vector<std::string>{"n1"});
  EXPECT_TRUE(health.to_avoid(start + std::chrono::minutes(65)).empty());
}

TEST(HostHealth, AfterARestartTheClocksOfFailingMachinesDoNotCount) {
  const TimePoint now = TimePoint{} + std::chrono::hours(1000);
  Experiment experiment;
  Sequence last = 0;
  const auto add = [&](EventBody what) { experiment.apply({++last, now, std::move(what)}); };
  add(ExperimentCreated{small_definition(), options_for(10, 2)});
  add(TrialCreated{0, Parameterization{{"x", 0.5}, {"n", std::int64_t{2}}}, "Sobol", 0, false});
  for (const int attempt : {0, 1}) {
    Ending ending = on("n1", Cause::node_failure);
    ending.ended = now - std::chrono::hours(300);
    add(SubmissionIntended{"token" + std::to_string(attempt), {{0, attempt}}});
    add(JobReported{{0, attempt}, JobState::ended, ending, {}});
  }

  EXPECT_EQ(HostHealth(experiment).to_avoid(now), std::vector<std::string>{"n1"});
}

TEST(HostHealth, OnlyTheMachinesOwnFaultsCountAndASuccessForgivesThem) {
  HostHealth health(begun());
  for (int i = 0; i < 3; ++i) {
    health.learn(on("n1", Cause::preempted), {});
    health.learn(on("n2", Cause::exit_code), {});
    health.learn(on("n[3-4]", Cause::node_failure), {});
    health.learn(on("", Cause::lost), {});
    health.learn(on("n5", Cause::lost), {});
    health.learn(on("n5", Cause::completed), {});
  }

  EXPECT_TRUE(health.to_avoid({}).empty());
}

TEST(FailurePolicy, InfrastructureIsForgivenFiveTimes) {
  const Experiment experiment = begun();

  EXPECT_EQ(decide_ending(experiment, {}, trial_after(4), {.cause = Cause::preempted}).consequence, Consequence::retry);
  EXPECT_EQ(decide_ending(experiment, {}, trial_after(5), {.cause = Cause::preempted}).consequence,
            Consequence::abandon);
}

TEST(FailurePolicy, AfterAStopEveryUnfinishedEndIsAWithdrawal) {
  Experiment experiment = begun();
  experiment.apply({2, {}, StopAsked{-1, "enough"}});

  EXPECT_EQ(decide_ending(experiment, {}, trial_after(0), {.cause = Cause::signal}).consequence, Consequence::abandon);
  EXPECT_EQ(decide_ending(experiment, {}, trial_after(0), {.cause = Cause::completed}).consequence,
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
