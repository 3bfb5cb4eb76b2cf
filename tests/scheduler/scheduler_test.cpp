#include "scheduler/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/requests.hpp"
#include "tests/scheduler/rig.hpp"

namespace stune {
namespace {

TEST(Scheduler, RunsExactlyAsManyTrialsAsWanted) {
  World world;
  Coordinator coordinator(world, options_for(10, 3));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 10);
  EXPECT_EQ(world.cluster.total_starts(), 10);
}

TEST(Scheduler, NeverRunsMoreThanParallelAndKeepsEverySlotBusy) {
  World world;
  Coordinator coordinator(world, options_for(12, 4));
  std::size_t most = 0;
  world.cluster.set_script([&](const Job& job) {
    most = std::max(most, world.cluster.live().size());
    return FakeOutcome{Seconds{10}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  const TimePoint begin = world.clock.now();

  coordinator.run();

  EXPECT_LE(most, 4U);
  // Three rounds of four trials of 10 s each; the rest is waiting for news that came late.
  EXPECT_LT(world.clock.now() - begin, Seconds{36});
}

TEST(Scheduler, ObservedValuesAreThoseThatTheTrialsReported) {
  World world;
  Coordinator coordinator(world);

  coordinator.run();

  for (const Trial& trial : coordinator.experiment.trials()) {
    EXPECT_EQ(latest(trial, "loss")->mean, loss_of(trial.parameters));
  }
  const int best = coordinator.experiment.best_observed();
  for (const Trial& trial : coordinator.experiment.trials()) {
    EXPECT_LE(loss_of(coordinator.experiment.trial(best).parameters), loss_of(trial.parameters));
  }
}

TEST(Scheduler, APreemptedTrialIsTriedAgainForFree) {
  World world;
  int starts = 0;
  world.cluster.set_script([&](const Job& job) {
    if (++starts % 2 == 1) return FakeOutcome{Seconds{1}, Cause::preempted, {}, 0, {}};
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  Coordinator coordinator(world, options_for(5, 1));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 5);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::failed), 0);
  for (const Trial& trial : coordinator.experiment.trials()) EXPECT_EQ(trial.attempts.size(), 2U);
}

TEST(Scheduler, ATrialThatIsGrantedMoreTimeIsTriedAgainAndCompletes) {
  World world;
  world.cluster.set_script([](const Job& job) {
    if (job.more_time == 0) return FakeOutcome{Seconds{1}, Cause::timeout, {}, 0, {}};
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  RunOptions options = options_for(3, 1);
  options.on_timeout = "retry";
  Coordinator coordinator(world, options);

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 3);
  for (const Trial& trial : coordinator.experiment.trials()) EXPECT_EQ(trial.attempts.size(), 2U);
}

TEST(Scheduler, AClusterThatLosesEverythingEndsTheRunInsteadOfTryingForEver) {
  World world;
  world.cluster.set_script([](const Job&) { return FakeOutcome{Seconds{1}, Cause::node_failure, {}, 0, "n1 died"}; });
  Coordinator coordinator(world, options_for(50, 5));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::failure_rate);
  EXPECT_THAT(summary.message, testing::HasSubstr("n1 died"));
}

TEST(Scheduler, TooManyFailuresCancelWhatRunsAndShowTheLastWords) {
  World world;
  world.cluster.set_script([](const Job& job) -> std::optional<FakeOutcome> {
    if (job.id.trial >= 8) return std::nullopt;
    return FakeOutcome{Seconds{1}, Cause::exit_code, {}, 3, "no module named torch"};
  });
  Coordinator coordinator(world, options_for(100, 4));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::failure_rate);
  EXPECT_THAT(summary.message, testing::HasSubstr("no module named torch"));
  EXPECT_TRUE(world.cluster.live().empty());
  EXPECT_LE(coordinator.experiment.trials().size(), 12U);
}

TEST(Scheduler, AFewFailuresAreToldToTheModelAndTheRunGoesOn) {
  World world;
  world.cluster.set_script([](const Job& job) {
    if (job.id.trial % 4 == 0) return FakeOutcome{Seconds{1}, Cause::exit_code, {}, 1, {}};
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  Coordinator coordinator(world, options_for(20, 3));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::failed), 5);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 15);
}

TEST(Scheduler, ARefusedJobIsSubmittedAgainAsTheSameAttempt) {
  World world;
  world.cluster.refuse_next_submit(2);
  Coordinator coordinator(world, options_for(4, 2));

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 4);
  for (const Trial& trial : coordinator.experiment.trials()) EXPECT_EQ(trial.attempts.size(), 1U);
}

TEST(Scheduler, MoreTimeThatIsAllowedDuringARunIsGrantedFromTheNextOn) {
  World world;
  world.cluster.set_script([](const Job& job) {
    if (job.more_time == 0) return FakeOutcome{Seconds{1}, Cause::timeout, {}, 0, {}};
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  RunOptions options = options_for(2, 1);
  options.tolerated_failure_rate = 1.0;
  Coordinator coordinator(world, options);
  write_request(world.folder.path(), SetRequest{{{"on_timeout", "retry"}}}, world.clock.now());

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.options().on_timeout, "retry");
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::failed), 2);
  options = coordinator.experiment.options();
  options.trials = 4;
  coordinator.commit({OptionsChanged{options}});
  coordinator.run();
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 2);
}

TEST(Scheduler, AStopRequestCancelsEverythingAndTheExperimentCanGoOnLater) {
  World world;
  world.cluster.set_script([](const Job&) { return std::optional<FakeOutcome>(); });
  {
    Coordinator coordinator(world, options_for(6, 3));
    write_request(world.folder.path(), StopRequest{{}, "enough"}, world.clock.now());
    const RunSummary summary = coordinator.run();
    EXPECT_EQ(summary.reason, StopReason::stopped);
    EXPECT_TRUE(world.cluster.live().empty());
  }
  world.cluster.set_script([](const Job& job) {
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  });
  Coordinator again(world);
  again.commit({OptionsChanged{options_for(6, 3)}});

  const RunSummary summary = again.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(again.experiment.count(TrialStatus::completed), 6);
}

TEST(Scheduler, ARunWithinAFiniteSpaceEndsWhenNothingIsLeft) {
  World world;
  Definition tiny = small_definition();
  tiny.space = SearchSpace({integer("n", 1, 3), boolean("b")});
  world.cluster.set_script([](const Job& job) {
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, job.parameters.number("n"), 0.0}}, 0, {}};
  });
  Coordinator coordinator(world, options_for(50, 2), tiny);

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::exhausted);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 6);
}

TEST(Scheduler, AFiniteSpaceWithNoisyOutcomesIsNotUsedUpWhileEndsOfTrialsMayStillMakeAPointWorthAnotherLook) {
  World world;
  Definition noisy = small_definition();
  noisy.space = SearchSpace({integer("n", 1, 3)});
  noisy.method = "fast";
  world.cluster.set_script([](const Job& job) {
    const double n = job.parameters.number("n");
    return FakeOutcome{Seconds{n}, Cause::completed, {{"loss", final_step, n + 0.1 * (job.id.trial % 2), 1.0}}, 0, {}};
  });
  Coordinator coordinator(world, options_for(12, 3), noisy);

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 12);
}

TEST(Scheduler, ALimitOfTimeIsOfEachRunAndNoneOfASingleStep) {
  World world;
  RunOptions limited = options_for(10, 1);
  limited.max_run_time = Seconds{25};
  const TimePoint began = world.clock.now();

  EXPECT_EQ(Coordinator(world, limited).run().reason, StopReason::time_limit);
  const TimePoint first_ended = world.clock.now();
  EXPECT_EQ(Coordinator(world, limited).run().reason, StopReason::time_limit);
  const TimePoint second_ended = world.clock.now();
  Coordinator third(world, limited);
  Scheduler slow = third.scheduler();
  world.clock.advance(Seconds{26});

  EXPECT_GE(first_ended - began, Seconds{25});
  EXPECT_GE(second_ended - first_ended, Seconds{25});
  EXPECT_EQ(slow.step().reason, StopReason::idle);
}

TEST(Scheduler, AStepEndsWhileTrialsRunAndLaterStepsFinishThem) {
  World world;
  int steps = 0;
  StopReason reason = StopReason::idle;

  while (reason == StopReason::idle && steps < 100) {
    Coordinator coordinator(world, options_for(4, 2));
    reason = coordinator.step().reason;
    world.clock.advance(Seconds{10});
    ++steps;
  }

  EXPECT_EQ(reason, StopReason::finished);
  EXPECT_EQ(world.cluster.total_starts(), 4);
  EXPECT_GT(steps, 2);
}

TEST(Scheduler, AnUneventfulTrialNeedsAtMostFourEvents) {
  World world;
  Coordinator coordinator(world, options_for(20, 4));
  const Sequence before = coordinator.experiment.last_sequence();

  coordinator.run();

  EXPECT_LE(coordinator.experiment.last_sequence() - before, 4U * 20U);
}

/// Answers "not yet" so often, then with a value.
class SlowMetric : public Metric {
 public:
  explicit SlowMetric(int refusals) : refusals_(refusals) {}
  std::string name() const override { return "loss"; }
  Fetched fetch(int, const Metadata&) override {
    if (refusals_-- > 0) return NotYet{"loss is not visible yet"};
    return std::vector<Observation>{{"loss", final_step, 1.5, 0.0}};
  }

 private:
  int refusals_;
};

TEST(Metrics, ATrialThatEndsWhenItsPartialResultsAreDueEndsOnce) {
  World world;
  world.cluster.set_script([](const Job&) {
    return FakeOutcome{Seconds{30}, Cause::completed, {}, 0, {}};  // results of running trials are read every 30 s
  });
  Coordinator coordinator(world, options_for(6, 2));
  coordinator.metrics.push_back(std::make_unique<SlowMetric>(0));

  const RunSummary summary = coordinator.run();

  EXPECT_EQ(summary.reason, StopReason::finished);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 6);
}

TEST(Scheduler, AMetricThatIsLateIsWaitedFor) {
  World world;
  world.cluster.set_script([](const Job&) { return FakeOutcome{Seconds{1}, Cause::completed, {}, 0, {}}; });
  Coordinator coordinator(world, options_for(1, 1));
  coordinator.metrics.push_back(std::make_unique<SlowMetric>(3));

  coordinator.run();

  EXPECT_EQ(latest(coordinator.experiment.trial(0), "loss")->mean, 1.5);
}

TEST(Scheduler, AMetricThatNeverComesFailsTheTrialWithItsReason) {
  World world;
  world.cluster.set_script([](const Job&) { return FakeOutcome{Seconds{1}, Cause::completed, {}, 0, {}}; });
  Coordinator coordinator(world, options_for(1, 1));
  coordinator.metrics.push_back(std::make_unique<SlowMetric>(1'000'000));

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.trial(0).status, TrialStatus::failed);
  EXPECT_THAT(coordinator.experiment.trial(0).reason, testing::HasSubstr("not visible yet"));
}

TEST(Scheduler, AMetricIsWaitedForAsLongAsTheRunnerSaysUnlessTheUserSays) {
  for (const auto& [wanted, waited] : {std::pair{Seconds{0}, "(waited 40 s)"}, {Seconds{90}, "(waited 90 s)"}}) {
    World world;
    world.runner.visibility_delay = Seconds{40};
    world.cluster.set_script([](const Job&) { return FakeOutcome{Seconds{1}, Cause::completed, {}, 0, {}}; });
    RunOptions options = options_for(1, 1);
    options.metric_grace = wanted;
    Coordinator coordinator(world, options);
    coordinator.metrics.push_back(std::make_unique<SlowMetric>(1'000'000));

    coordinator.run();

    EXPECT_THAT(coordinator.experiment.trial(0).reason, testing::HasSubstr(waited));
  }
}

TEST(Scheduler, StepsGiveUpAMetricThatNeverComes) {
  World world;
  world.cluster.set_script([](const Job&) { return FakeOutcome{Seconds{1}, Cause::completed, {}, 0, {}}; });
  StopReason reason = StopReason::idle;

  for (int step = 0; step < 5 && reason == StopReason::idle; ++step) {
    Coordinator coordinator(world, options_for(1, 1));
    coordinator.metrics.push_back(std::make_unique<SlowMetric>(1'000'000));
    reason = coordinator.step().reason;
    world.clock.advance(Seconds{2});
  }

  EXPECT_EQ(reason, StopReason::failure_rate);
}

TEST(Scheduler, ANaNFailsTheTrialAndNotTheRun) {
  World world;
  world.cluster.set_script([](const Job& job) {
    const double value = job.id.trial == 2 ? std::nan("") : 1.0;
    return FakeOutcome{Seconds{1}, Cause::completed, {{"loss", final_step, value, 0.0}}, 0, {}};
  });
  Coordinator coordinator(world, options_for(6, 2));

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.trial(2).status, TrialStatus::failed);
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 5);
}

TEST(Scheduler, TheLastStepDecidesWhetherThereIsAResult) {
  World world;
  const double nan = std::nan("");
  world.cluster.set_script([&](const Job& job) {
    const bool diverges = job.id.trial == 2;
    return FakeOutcome{Seconds{1},
                       Cause::completed,
                       {{"loss", 0, diverges ? 1.0 : nan, nan}, {"loss", 1, diverges ? nan : 1.0, nan}},
                       0,
                       {}};
  });
  Coordinator coordinator(world, options_for(4, 1));

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.trial(2).reason, "the trial reported loss = nan at step 1");
  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 3);
}

TEST(Scheduler, OtherMetricsMayBeWhatTheyAre) {
  World world;
  world.cluster.set_script([](const Job&) {
    return FakeOutcome{Seconds{1},
                       Cause::completed,
                       {{"loss", final_step, 1.0, 0.0}, {"ratio", final_step, std::nan(""), 0.0}},
                       0,
                       {}};
  });
  Coordinator coordinator(world, options_for(3, 1));

  coordinator.run();

  EXPECT_EQ(coordinator.experiment.count(TrialStatus::completed), 3);
}

}  // namespace
}  // namespace stune
