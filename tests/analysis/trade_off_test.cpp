#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Begins a trial whose job is submitted.
int begin(MadeExperiment& made) {
  const int trial = made.create({{"x", 0.00001 * static_cast<double>(made->trials().size())}}, "GP", false);
  made.happen(SubmissionIntended{"t" + std::to_string(trial), {{trial, 0}}});
  return trial;
}

Ending after(double seconds, Cause cause = Cause::completed) {
  Ending ending{cause};
  ending.started = TimePoint{};
  ending.ended = TimePoint{} + std::chrono::duration_cast<TimePoint::duration>(Seconds{seconds});
  return ending;
}

void end(MadeExperiment& made, int trial, double seconds, double value, TrialStatus status = TrialStatus::completed) {
  const std::string& metric = made->definition().optimization.objectives.front().metric;
  made.happen(TrialEnded{trial, status, {}, after(seconds), {{metric, final_step, value, 0.0}}});
}

void run(MadeExperiment& made, double seconds, double value, TrialStatus status = TrialStatus::completed) {
  end(made, begin(made), seconds, value, status);
}

const Trace& trace_of(const Card& card, std::size_t figure, const std::string& name) {
  for (const Trace& trace : card.figures.at(figure).traces) {
    if (trace.name == name) return trace;
  }
  throw std::runtime_error("no trace " + name);
}

TEST(TradeOff, TheFrontOfWhatIsMinimizedIsAStaircaseDownwards) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 40, 1.0);
  run(made, 30, 4.0);  // slower and worse than trial 2
  run(made, 20, 2.0);
  run(made, 10, 5.0);
  run(made, 50, 5.0);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(trace_of(card, 0, "Pareto front").x, ElementsAre(10, 20, 40));
  EXPECT_THAT(trace_of(card, 0, "Pareto front").y, ElementsAre(5, 2, 1));
  EXPECT_THAT(trace_of(card, 0, "Pareto front").marks, ElementsAre("3", "2", "0"));
  EXPECT_THAT(trace_of(card, 0, "best within that time").x, ElementsAre(10, 20, 40, 50)) << "to the longest";
  EXPECT_THAT(trace_of(card, 0, "trials").x, ElementsAre(30, 50));
  EXPECT_EQ(card.figures[0].x.title, "run time / s");
  EXPECT_FALSE(card.figures[0].x.log);
  EXPECT_THAT(card.columns, ElementsAre("trial", "loss", "run time / s", "x"));
  ASSERT_EQ(card.rows.size(), 3U);
  EXPECT_EQ(card.rows[1], (std::vector<Value>{std::int64_t{2}, 2.0, 20.0, 0.00002}));
  EXPECT_THAT(card.text, HasSubstr("3 of 5 trials are on the Pareto front"));
  EXPECT_THAT(card.text, HasSubstr("from trial 3 (10 s, 5) to trial 0 (40 s, 1); its knee is trial 2 (20 s, 2)."));
}

TEST(TradeOff, TheFrontOfWhatIsMaximizedIsAStaircaseUpwards) {
  MadeExperiment made({range("x", 0, 1)}, {"score", false});
  run(made, 40, 0.9);
  run(made, 30, 0.4);
  run(made, 20, 0.8);
  run(made, 10, 0.5);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(trace_of(card, 0, "Pareto front").marks, ElementsAre("3", "2", "0"));
  EXPECT_THAT(trace_of(card, 0, "Pareto front").y, ElementsAre(0.5, 0.8, 0.9));
  EXPECT_THAT(trace_of(card, 0, "trials").y, ElementsAre(0.4));
}

TEST(TradeOff, TheDominatedAreaGrowsInTheOrderOfCompletion) {
  MadeExperiment made({range("x", 0, 1)});
  const int slow = begin(made), quick = begin(made), worst = begin(made), middle = begin(made);
  end(made, worst, 40, 4.0);   // the corner of the box, so nothing
  end(made, quick, 10, 4.0);   // on its border
  end(made, middle, 20, 1.0);  // 2/3 of the width, all of the height
  end(made, slow, 40, 0.5);

  const Card card = weigh_run_time(Subject(*made));

  const Trace& line = trace_of(card, 1, "dominated area");
  EXPECT_THAT(line.x, ElementsAre(1, 3, 4));
  EXPECT_THAT(line.y, ElementsAre(0.0, DoubleNear(2.0 / 3.0 * 3.0 / 3.5, 1e-12), line.y[1]));
  EXPECT_THAT(line.labels, ElementsAre("trial 2: 4", "trial 3: 1", "trial 0: 0.5"));
  EXPECT_THAT(card.text, HasSubstr("What the front dominates is 57 % of the box"));
}

TEST(TradeOff, WithRunTimesOverADecadeTheAreaIsThatOfTheLogarithmicScale) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 10, 3.0);
  run(made, 100, 1.0);
  run(made, 1000, 1.0);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_TRUE(card.figures[0].x.log);
  EXPECT_EQ(card.figures[0].x.title, "run time / min");
  EXPECT_THAT(trace_of(card, 1, "dominated area").y, ElementsAre(0.0, 0.5, 0.5));
  EXPECT_THAT(card.text, HasSubstr("logarithmic"));
}

TEST(TradeOff, EqualTrialsAreAllOnTheFront) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 10, 3.0);
  run(made, 20, 1.0);
  run(made, 10, 3.0);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(trace_of(card, 0, "Pareto front").marks, ElementsAre("0", "2", "1"));
  EXPECT_EQ(card.figures[0].traces.size(), 2U) << "no other trials";
}

TEST(TradeOff, ATrialThatIsBestInBothIsCalledSo) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 10, 1.0);
  run(made, 20, 3.0);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(card.text,
              HasSubstr("Trial 0 is both the best and the quickest of 2 trials: there is nothing to trade."));
  EXPECT_THAT(trace_of(card, 1, "dominated area").y, ElementsAre(1.0, 1.0));
}

TEST(TradeOff, WhatCannotBeWeighedIsLeftOutAndCounted) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 10, 2.0);
  run(made, 20, 1.0);
  run(made, 1, 0.0, TrialStatus::early_stopped);
  made.complete({{"x", 0.5}}, 0.0);
  made.happen(TrialEnded{begin(made), TrialStatus::failed, "exit code 1", after(2, Cause::exit_code), {}});

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_EQ(card.rows.size(), 2U);
  EXPECT_THAT(card.text, HasSubstr("Left out: 1 trial stopped early, 1 trial without a known run time."));
}

TEST(TradeOff, TheQuickestIsOnTheFrontHoweverBadItIs) {
  for (const bool minimize : {true, false}) {
    MadeExperiment made({range("x", 0, 1)}, {"y", minimize});
    for (int i = 0; i < 20; ++i) run(made, 10 + i, 0.01 * i);
    run(made, 5, minimize ? 1e9 : -1e9);

    EXPECT_EQ(trace_of(weigh_run_time(Subject(*made)), 0, "Pareto front").marks.front(), "20");
  }
}

TEST(TradeOff, AttemptsOfATrialAreCountedTogether) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 60, 1.0);
  const int again = begin(made);
  made.happen(JobReported{{again, 0}, JobState::ended, after(70, Cause::preempted), {}});
  made.happen(SubmissionIntended{"again", {{again, 1}}});
  end(made, again, 20, 2.0);  // from its checkpoint

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(trace_of(card, 0, "trials").x, ElementsAre(90));
  EXPECT_THAT(card.text, HasSubstr("Of 1 trial that had more than one attempt, all are counted together."));
}

TEST(TradeOff, ATrialWithAnAttemptOfUnknownLengthIsNotTakenForAQuickOne) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, 60, 1.0);
  run(made, 30, 2.0);
  const int again = begin(made);
  Ending lost = after(70, Cause::node_failure);
  lost.ended.reset();
  made.happen(JobReported{{again, 0}, JobState::ended, lost, {}});
  made.happen(SubmissionIntended{"again", {{again, 1}}});
  end(made, again, 5, 2.0);

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_THAT(trace_of(card, 0, "Pareto front").x, ElementsAre(30, 60));
  EXPECT_THAT(card.text, HasSubstr("1 trial without a known run time"));
}

TEST(TradeOff, WhereThereIsNothingToTradeTheCardSaysWhy) {
  MadeExperiment alike({range("x", 0, 1)});
  MadeExperiment constant({range("x", 0, 1)});
  MadeExperiment one({range("x", 0, 1)});
  for (int i = 0; i < 5; ++i) run(alike, 100.0 + i, i);
  for (int i = 0; i < 5; ++i) run(constant, 100.0 * (i + 1), 3.0);
  run(one, 100, 1.0);

  const Card same_time = weigh_run_time(Subject(*alike)), same_value = weigh_run_time(Subject(*constant)),
             single = weigh_run_time(Subject(*one));

  EXPECT_THAT(same_time.text, HasSubstr("about the same time, 100 s to 104 s"));
  EXPECT_THAT(same_value.text, HasSubstr("measured the same loss"));
  EXPECT_THAT(single.text, HasSubstr("Only one completed trial has a known run time"));
  for (const Card* card : {&same_time, &same_value, &single}) EXPECT_THAT(card->figures, IsEmpty());
}

TEST(TradeOff, WithoutRunTimesWorthWeighingThereIsNoCard) {
  MadeExperiment nothing({range("x", 0, 1)});
  MadeExperiment by_hand({range("x", 0, 1)});
  MadeExperiment quick({range("x", 0, 1)});
  for (int i = 0; i < 5; ++i) by_hand.complete({{"x", 0.1 * i}}, i);
  for (int i = 0; i < 5; ++i) run(quick, 0.1 * (i + 1), i);

  for (const MadeExperiment* made : {&nothing, &by_hand, &quick})
    EXPECT_THAT(weigh_run_time(Subject(**made)).text, IsEmpty());
}

TEST(TradeOff, OfTenThousandTrialsTheWholeFrontIsDrawnAndTheAreaNeverFalls) {
  MadeExperiment made({range("x", 0, 1)});
  generation::RandomNumbers random(3);
  for (int i = 0; i < 10000; ++i) {
    const double time = 10.0 + 90.0 * random.uniform();
    run(made, time, i % 50 == 0 ? 1000.0 / time : 1000.0 / time + 100.0 * random.uniform());
  }

  const Card card = weigh_run_time(Subject(*made));

  EXPECT_EQ(trace_of(card, 0, "trials").x.size(), 2000U);
  EXPECT_GE(trace_of(card, 0, "Pareto front").x.size(), 200U);
  EXPECT_EQ(trace_of(card, 0, "Pareto front").x.size(), card.rows.size());
  EXPECT_THAT(card.text, HasSubstr("of 10,000 trials are drawn."));
  const std::vector<double>& shares = trace_of(card, 1, "dominated area").y;
  EXPECT_TRUE(std::ranges::is_sorted(shares));
  EXPECT_THAT(shares, Each(testing::AllOf(testing::Ge(0.0), testing::Le(1.0))));
  EXPECT_EQ(trace_of(card, 1, "dominated area").x.back(), 10000.0);
}

}  // namespace
}  // namespace stune::analysis
