#include "experiment/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "stune/error.hpp"

namespace stune {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TimePoint second(std::int64_t s) { return TimePoint(std::chrono::seconds(s)); }

Ending ending(Cause cause) {
  Ending result;
  result.cause = cause;
  return result;
}

/// Applies events at second 1, 2, 3, ...
class History {
 public:
  explicit History(bool minimize = true) {
    ExperimentCreated created;
    created.definition.space = SearchSpace({range("x", 0.0, 1.0), choice("c", {"a", "b"})});
    created.definition.optimization.objectives = {{"loss", minimize}};
    created.options.parallel = 2;
    add(created);
  }

  History& add(EventBody what) {
    const Sequence next = e.last_sequence() + 1;
    e.apply({next, second(static_cast<std::int64_t>(next)), std::move(what)});
    return *this;
  }
  /// A trial that waits.
  History& create(bool manual = false) {
    const int index = static_cast<int>(e.trials().size());
    return add(TrialCreated{index, Parameterization{{"x", 0.5}, {"c", "a"}}, "Sobol", 1, manual});
  }
  History& intend(std::vector<AttemptId> ids, const std::string& token = "t") {
    return add(SubmissionIntended{token, std::move(ids)});
  }
  History& report(AttemptId id, JobState state) { return add(JobReported{id, state, {}, {}}); }
  History& end_job(AttemptId id, Cause cause) { return add(JobReported{id, JobState::ended, ending(cause), {}}); }
  /// A trial that ran and gave this result.
  History& complete(double loss) {
    const int trial = static_cast<int>(e.trials().size());
    create().intend({{trial, 0}});
    return add(TrialEnded{trial, TrialStatus::completed, "", ending(Cause::completed), {{"loss", final_step, loss}}});
  }

  Experiment e;
};

/// Everything that can be seen of an experiment.
std::string image(const Experiment& e) {
  std::string text = std::to_string(e.last_sequence()) + "/" + std::to_string(e.last_evidence()) + " best " +
                     std::to_string(e.best_observed()) + (e.stop_asked() ? " stop" : "") + " parallel " +
                     std::to_string(e.options().parallel) + " at " +
                     std::to_string(e.last_change().time_since_epoch().count());
  const auto list = [&](const char* name, const std::set<int>& set) {
    text += std::string(" ") + name;
    for (const int trial : set) text += ' ' + std::to_string(trial);
  };
  list("waiting", e.waiting());
  list("live", e.live());
  list("fetching", e.fetching());
  list("stops", e.trial_stops());
  for (int i = 0; i < 6; ++i) text += ' ' + std::to_string(e.count(static_cast<TrialStatus>(i)));
  for (const Trial& trial : e.trials()) {
    text += "; " + std::to_string(trial.index) + ' ' + to_string(trial.status) + trial.reason +
            (trial.ended ? " ended" : "");
    for (const Attempt& attempt : trial.attempts) {
      text += " [" + attempt.token + ' ' + to_string(attempt.state) +
              (attempt.ending ? to_string(attempt.ending->cause) : "") + ']';
    }
    for (const Observation& o : trial.observations)
      text += ' ' + o.metric + '@' + std::to_string(o.step) + '=' + std::to_string(o.mean);
  }
  return text;
}

/// The message with which `what` is refused; checks that nothing has changed.
std::string refusal(Experiment& e, EventBody what, Sequence sequence = 0) {
  const std::string before = image(e);
  std::string message = "accepted";
  try {
    e.apply({sequence == 0 ? e.last_sequence() + 1 : sequence, second(999), std::move(what)});
  } catch (const StorageError& error) {
    message = error.what();
    EXPECT_EQ(image(e), before);
  }
  return message;
}

TEST(Experiment, AnUneventfulTrialTakesFourEvents) {
  History h;

  h.create();
  EXPECT_THAT(h.e.waiting(), ElementsAre(0));
  EXPECT_EQ(h.e.trial(0).status, TrialStatus::created);
  h.intend({{0, 0}});
  EXPECT_THAT(h.e.waiting(), IsEmpty());
  EXPECT_THAT(h.e.live(), ElementsAre(0));
  EXPECT_EQ(h.e.trial(0).status, TrialStatus::running);
  h.report({0, 0}, JobState::running);
  EXPECT_EQ(h.e.trial(0).attempts[0].started, second(4));
  h.add(TrialEnded{0, TrialStatus::completed, "", ending(Cause::completed), {{"loss", final_step, 0.25}}});

  EXPECT_THAT(h.e.live(), IsEmpty());
  EXPECT_THAT(h.e.fetching(), IsEmpty());
  EXPECT_EQ(h.e.trial(0).status, TrialStatus::completed);
  EXPECT_EQ(h.e.trial(0).attempts[0].state, JobState::ended);
  EXPECT_EQ(h.e.trial(0).attempts[0].ending->cause, Cause::completed);
  EXPECT_EQ(h.e.trial(0).ended, second(5));
  EXPECT_EQ(h.e.best_observed(), 0);
  EXPECT_EQ(h.e.last_evidence(), 5U);
  EXPECT_EQ(h.e.last_change(), second(5));
  EXPECT_EQ(h.e.created(), second(1));
}

TEST(Experiment, WhereATrialGoesWhenItsAttemptIsReported) {
  struct Row {
    JobState state;
    std::optional<Cause> cause;
    char set;
  };
  const std::vector<Row> table = {
      {JobState::unknown, {}, 'l'},
      {JobState::pending, {}, 'l'},
      {JobState::running, {}, 'l'},
      {JobState::deferred, {}, 'w'},
      {JobState::absent, {}, 'w'},
      {JobState::absent, Cause::launch_failure, 'w'},
      {JobState::ended, Cause::completed, 'f'},
      {JobState::ended, Cause::exit_code, 'f'},
      {JobState::ended, Cause::signal, 'f'},
      {JobState::ended, Cause::out_of_memory, 'w'},
      {JobState::ended, Cause::timeout, 'w'},
      {JobState::ended, Cause::cancelled, 'f'},
      {JobState::ended, Cause::stopped, 'f'},
      {JobState::ended, Cause::preempted, 'w'},
      {JobState::ended, Cause::node_failure, 'w'},
      {JobState::ended, Cause::launch_failure, 'w'},
      {JobState::ended, Cause::lost, 'w'},
      {JobState::ended, Cause::interrupted, 'w'},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(std::string(to_string(row.state)) + ' ' + (row.cause ? to_string(*row.cause) : ""));
    History h;
    h.create().intend({{0, 0}});

    h.add(JobReported{{0, 0}, row.state, row.cause ? std::optional(ending(*row.cause)) : std::nullopt, {}});

    EXPECT_EQ(h.e.live().contains(0), row.set == 'l');
    EXPECT_EQ(h.e.waiting().contains(0), row.set == 'w');
    EXPECT_EQ(h.e.fetching().contains(0), row.set == 'f');
    EXPECT_EQ(h.e.trial(0).status, row.set == 'w' ? TrialStatus::created : TrialStatus::running);
    EXPECT_EQ(h.e.count(TrialStatus::created) + h.e.count(TrialStatus::running), 1);
  }
}

TEST(Experiment, ADeferredAttemptKeepsItsNumber) {
  History h;
  h.create().intend({{0, 0}}, "first").report({0, 0}, JobState::deferred);

  EXPECT_THAT(refusal(h.e, SubmissionIntended{"second", {{0, 1}}}), HasSubstr("attempt 0 is due"));
  h.intend({{0, 0}}, "second");

  ASSERT_EQ(h.e.trial(0).attempts.size(), 1U);
  EXPECT_EQ(h.e.trial(0).attempts[0].token, "second");
  EXPECT_EQ(h.e.trial(0).attempts[0].state, JobState::unknown);
  EXPECT_THAT(h.e.live(), ElementsAre(0));
}

TEST(Experiment, ALostAttemptIsFollowedByAnother) {
  History h;
  h.create().intend({{0, 0}}).end_job({0, 0}, Cause::node_failure);

  EXPECT_THAT(refusal(h.e, SubmissionIntended{"t", {{0, 0}}}), HasSubstr("attempt 1 is due"));
  EXPECT_THAT(refusal(h.e, SubmissionIntended{"t", {{0, 2}}}), HasSubstr("attempt 1 is due"));
  h.intend({{0, 1}});

  EXPECT_EQ(h.e.trial(0).attempts.size(), 2U);
  EXPECT_EQ(h.e.trial(0).attempts[0].ending->cause, Cause::node_failure);
  EXPECT_THAT(refusal(h.e, JobReported{{0, 0}, JobState::running, {}, {}}), HasSubstr("not its last attempt"));
}

TEST(Experiment, ATrialWaitsForItsMetricsAndThenEnds) {
  History h;
  h.create().intend({{0, 0}}).end_job({0, 0}, Cause::completed);
  EXPECT_THAT(h.e.fetching(), ElementsAre(0));
  EXPECT_THAT(refusal(h.e, JobReported{{0, 0}, JobState::running, {}, {}}), HasSubstr("is over"));

  h.add(TrialEnded{0, TrialStatus::completed, "", {}, {{"loss", final_step, 1.0}}});

  EXPECT_THAT(h.e.fetching(), IsEmpty());
  EXPECT_EQ(h.e.trial(0).attempts[0].ending->cause, Cause::completed);
}

TEST(Experiment, MetadataIsReplacedOnlyWhenReported) {
  History h;
  h.create().intend({{0, 0}});

  h.add(JobReported{{0, 0}, JobState::pending, {}, Metadata{{"job", "17"}}}).report({0, 0}, JobState::running);

  EXPECT_EQ(h.e.trial(0).attempts[0].metadata, (Metadata{{"job", "17"}}));
}

TEST(Experiment, ARequeuedAttemptKeepsItsFirstStart) {
  History h;
  h.create().intend({{0, 0}}).report({0, 0}, JobState::running);  // at 4 s

  h.report({0, 0}, JobState::pending).report({0, 0}, JobState::running);

  EXPECT_EQ(h.e.trial(0).attempts[0].started, second(4));
  EXPECT_THAT(h.e.live(), ElementsAre(0));
}

TEST(Experiment, ObservationsOfTheSameStepReplaceEachOther) {
  History h;
  h.create().intend({{0, 0}});

  h.add(Observed{0, {{"loss", 1, 5.0}, {"loss", 2, 4.0}}}).add(Observed{0, {{"loss", 2, 3.0}, {"acc", 2, 0.1}}});

  EXPECT_EQ(h.e.trial(0).observations, (std::vector<Observation>{{"loss", 1, 5.0}, {"loss", 2, 3.0}, {"acc", 2, 0.1}}));
  EXPECT_EQ(h.e.last_evidence(), 0U) << "no model is made from what has not ended";
  EXPECT_EQ(objective_of(h.e, h.e.trial(0))->mean, 3.0);
}

TEST(Experiment, TheBestIsTheFirstOfTheLowestOrHighest) {
  History lowest(true);
  History highest(false);

  for (History* h : {&lowest, &highest})
    h->complete(2.0).complete(1.0).complete(std::nan("")).complete(1.0).complete(2.0);

  EXPECT_EQ(lowest.e.best_observed(), 1);
  EXPECT_EQ(highest.e.best_observed(), 0);
}

TEST(Experiment, OnlyCompletedTrialsWithAFiniteObjectiveCanBeBest) {
  History h;
  h.create().intend({{0, 0}});
  h.add(TrialEnded{0, TrialStatus::early_stopped, "", ending(Cause::stopped), {{"loss", 3, -9.0}}});
  h.complete(-INFINITY);
  h.create().intend({{2, 0}});
  h.add(TrialEnded{2, TrialStatus::completed, "", ending(Cause::completed), {{"other", final_step, 1.0}}});
  EXPECT_EQ(h.e.best_observed(), -1);

  h.complete(7.0);

  EXPECT_EQ(h.e.best_observed(), 3);
}

TEST(Experiment, AbandonedTrialsDoNotUseUpTheBudget) {
  History h;
  h.complete(1.0).create().create();

  h.add(TrialEnded{1, TrialStatus::abandoned, "withdrawn", {}, {}}).add(TrialEnded{2, TrialStatus::failed, "", {}, {}});

  EXPECT_EQ(h.e.counted(), 2);
  EXPECT_EQ(h.e.count(TrialStatus::abandoned), 1);
  EXPECT_EQ(h.e.count(TrialStatus::failed), 1);
  EXPECT_THAT(h.e.waiting(), IsEmpty());
}

TEST(Experiment, ManualTrialsAreNotScheduled) {
  History h;
  h.create(true);

  EXPECT_TRUE(h.e.is_manual(0));
  EXPECT_EQ(h.e.trial(0).status, TrialStatus::running);
  EXPECT_THAT(h.e.waiting(), IsEmpty());
  EXPECT_THAT(refusal(h.e, SubmissionIntended{"t", {{0, 0}}}), HasSubstr("does not wait"));
  EXPECT_THAT(refusal(h.e, TrialEnded{0, TrialStatus::completed, "", ending(Cause::completed), {}}),
              HasSubstr("no attempt"));
  h.add(Observed{0, {{"loss", 1, 3.0}}})
      .add(TrialEnded{0, TrialStatus::completed, "", {}, {{"loss", final_step, 2.0}}});

  EXPECT_EQ(h.e.best_observed(), 0);
}

TEST(Experiment, AStopOfAllIsLiftedByNewOptions) {
  History h;
  h.create().add(StopAsked{-1, "enough"}).add(StopAsked{0, "this, too"});
  EXPECT_TRUE(h.e.stop_asked());
  EXPECT_THAT(h.e.trial_stops(), ElementsAre(0));

  RunOptions options = h.e.options();
  options.parallel = 8;
  h.add(OptionsChanged{options});

  EXPECT_FALSE(h.e.stop_asked());
  EXPECT_EQ(h.e.options().parallel, 8);
  h.add(TrialEnded{0, TrialStatus::abandoned, "stopped on request", {}, {}});
  EXPECT_THAT(h.e.trial_stops(), IsEmpty());
}

TEST(Experiment, AModelOfEventsThatAreNotThereIsRefused) {
  History h;

  h.add(ModelFitted{1, {1.0, 2.0}}).add(ModelFitted{2, {3.0}});

  EXPECT_THAT(refusal(h.e, ModelFitted{17, {}}), HasSubstr("event 17"));
}

TEST(Experiment, TheFirstEventCreatesItAndNoOther) {
  Experiment e;
  EXPECT_FALSE(e.exists());
  EXPECT_THAT(refusal(e, StopAsked{}), HasSubstr("does not create"));
  EXPECT_THAT(refusal(e, ExperimentCreated{}, 2), HasSubstr("event 2 follows event 0"));

  History h;

  EXPECT_TRUE(h.e.exists());
  EXPECT_THAT(refusal(h.e, ExperimentCreated{}), HasSubstr("second time"));
  EXPECT_THAT(refusal(h.e, StopAsked{}, 1), HasSubstr("event 1 follows event 1"));
  EXPECT_THAT(refusal(h.e, StopAsked{}, 3), HasSubstr("event 3 follows event 1"));
}

TEST(Experiment, WhatCannotHaveHappenedIsRefusedAndChangesNothing) {
  History h;
  h.complete(1.0);              // 0 is over
  h.create();                   // 1 waits
  h.create().intend({{2, 0}});  // 2 is live
  h.create().intend({{3, 0}}).report({3, 0}, JobState::deferred);
  const Parameterization good{{"x", 0.5}, {"c", "a"}};
  const auto create = [&](int index, const Parameterization& parameters) {
    return TrialCreated{index, parameters, "", 0, false};
  };
  const auto end = [](int trial, TrialStatus status, std::optional<Ending> with) {
    return TrialEnded{trial, status, "", std::move(with), {}};
  };
  const std::vector<std::pair<EventBody, const char*>> table = {
      {create(3, good), "trial 4 comes next"},
      {create(5, good), "trial 4 comes next"},
      {create(4, {{"x", 0.5}}), "not those of the search space"},
      {create(4, {{"c", "a"}, {"x", 0.5}}), "not those of the search space"},
      {create(4, {{"x", std::int64_t{1}}, {"c", "a"}}), "not those of the search space"},
      {create(4, {{"x", 0.5}, {"c", "z"}}), "not those of the search space"},
      {SubmissionIntended{"", {{1, 0}}}, "without a token"},
      {SubmissionIntended{"t", {}}, "without attempts"},
      {SubmissionIntended{"t", {{0, 1}}}, "trial 0 has ended before (completed)"},
      {SubmissionIntended{"t", {{2, 1}}}, "trial 2 does not wait"},
      {SubmissionIntended{"t", {{9, 0}}}, "trial 9 does not exist"},
      {SubmissionIntended{"t", {{-1, 0}}}, "trial -1 does not exist"},
      {SubmissionIntended{"t", {{1, 1}}}, "attempt 0 is due"},
      {SubmissionIntended{"t", {{1, 0}, {1, 0}}}, "twice"},
      {SubmissionIntended{"t", {{1, 0}, {2, 1}}}, "trial 2 does not wait"},
      {JobReported{{0, 0}, JobState::running, {}, {}}, "trial 0 has ended before"},
      {JobReported{{1, 0}, JobState::running, {}, {}}, "not its last attempt"},
      {JobReported{{2, 1}, JobState::running, {}, {}}, "not its last attempt"},
      {JobReported{{2, -1}, JobState::running, {}, {}}, "not its last attempt"},
      {JobReported{{3, 0}, JobState::running, {}, {}}, "is over (deferred)"},
      {JobReported{{9, 0}, JobState::running, {}, {}}, "does not exist"},
      {JobReported{{2, 0}, JobState::ended, {}, {}}, "without an ending"},
      {JobReported{{2, 0}, JobState::running, ending(Cause::lost), {}}, "has an ending and is running"},
      {Observed{0, {}}, "has ended before"},
      {Observed{9, {}}, "does not exist"},
      {end(0, TrialStatus::failed, {}), "has ended before"},
      {end(9, TrialStatus::failed, {}), "does not exist"},
      {end(1, TrialStatus::running, {}), "ends as running"},
      {end(1, TrialStatus::completed, {}), "without having run"},
      {end(1, TrialStatus::early_stopped, {}), "without having run"},
      {end(1, TrialStatus::failed, ending(Cause::lost)), "no attempt that could have ended"},
      {end(2, TrialStatus::abandoned, {}), "may still run"},
      {end(3, TrialStatus::failed, ending(Cause::lost)), "no attempt that could have ended"},
      {StopAsked{0, ""}, "has ended before"},
      {StopAsked{9, ""}, "does not exist"},
      {StopAsked{-2, ""}, "does not exist"},
  };
  for (const auto& [what, part] : table) EXPECT_THAT(refusal(h.e, what), HasSubstr(part));
}

TEST(Experiment, ReplayOfTheSameEventsGivesTheSameState) {
  const auto live = [] {
    History h;
    h.complete(1.0).create().intend({{1, 0}}).end_job({1, 0}, Cause::preempted).intend({{1, 1}}).complete(0.5);
    return image(h.e);
  };

  EXPECT_EQ(live(), live());
}

TEST(Experiment, ATrialOfTwentyParametersTakesLittleMemory) {
  constexpr int trials = 2000;
  std::vector<Parameter> parameters;
  std::vector<double> point;
  for (int i = 0; i < 20; ++i) {
    parameters.push_back(range(std::string("parameter_") + std::to_string(i), 0.0, 1.0));
    point.push_back(0.04 * i);
  }
  ExperimentCreated created;
  created.definition.space = SearchSpace(parameters);
  created.definition.optimization.objectives = {{"loss", true}};
  Experiment e;
  e.apply({1, second(1), created});
  const Parameterization values = created.definition.space.decode(point);
  Ending well = ending(Cause::completed);
  well.host = "node0123.cluster.example";
  const auto allocated = [] { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; };
  const std::size_t before = allocated();

  for (int trial = 0; trial < trials; ++trial) {
    const auto next = [&](EventBody what) { e.apply({e.last_sequence() + 1, second(2), std::move(what)}); };
    next(TrialCreated{trial, values, "Sobol", 1, false});
    next(SubmissionIntended{"stune-abcdefgh-000123456", {{trial, 0}}});
    next(JobReported{{trial, 0}, JobState::pending, {}, Metadata{{"job", "12345678_123"}}});
    next(TrialEnded{
        trial, TrialStatus::completed, "", well, {{"loss", final_step, 0.5}, {"accuracy", final_step, 0.5}}});
  }

  RecordProperty("bytes", static_cast<int>((allocated() - before) / trials));
  EXPECT_LT((allocated() - before) / trials, 2560U);
}

}  // namespace
}  // namespace stune
