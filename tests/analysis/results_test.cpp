// The cards that show what was measured: summary, best trial, trace, parallel coordinates, scatter.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Parameter> two_parameters() {
  return {range("lr", 1e-4, 1.0, {.log_scale = true}),
          choice("opt", {Value{std::string("<script>")}, Value{std::string("a,\"b\"\n\xc3\xa9")}})};
}

Parameterization at(double lr, const char* opt = "<script>") { return {{"lr", lr}, {"opt", std::string(opt)}}; }

const Trace& trace_named(const Figure& figure, const std::string& name) {
  for (const Trace& trace : figure.traces) {
    if (trace.name == name) return trace;
  }
  throw std::runtime_error("no trace " + name);
}

std::size_t column(const Card& card, const std::string& name) {
  const auto found = std::ranges::find(card.columns, name);
  if (found == card.columns.end()) throw std::runtime_error("no column " + name);
  return static_cast<std::size_t>(found - card.columns.begin());
}

TEST(Summary, TellsEverythingOfATrialAndLeavesOutWhatNobodyHas) {
  MadeExperiment made(two_parameters());
  made.complete(at(0.1), 1.5, 0.25, "Sobol");
  made.fail(at(0.2), "killed\nby <signal>");

  const Card card = summarize_trials(Subject(*made));

  EXPECT_EQ(card.text, "1 completed, 1 failed.");
  EXPECT_THAT(card.columns,
              ElementsAre("trial", "status", "generator", "loss", "loss sem", "lr", "opt", "attempts", "reason"));
  EXPECT_EQ(card.rows[0][column(card, "loss sem")], Value{0.25});
  EXPECT_EQ(card.rows[1][column(card, "loss")], Value{std::string()});
  EXPECT_EQ(card.rows[1][column(card, "reason")], Value{std::string("killed\nby <signal>")});
}

TEST(Summary, WaitAndRunTimesAreThoseOfAllAttemptsAndOfTheLast) {
  MadeExperiment made({range("x", 0, 1)});
  const int trial = made.create({{"x", 0.5}}, "Sobol", false);
  made.happen(SubmissionIntended{"a", {{trial, 0}}});  // minute 2
  const TimePoint zero{};
  using std::chrono::minutes;
  Ending lost{Cause::node_failure};
  lost.started = zero + minutes(5);
  lost.ended = zero + minutes(6);
  made.happen(JobReported{{trial, 0}, JobState::ended, lost, {}});
  made.happen(SubmissionIntended{"b", {{trial, 1}}});  // minute 4
  Ending good{Cause::completed};
  good.started = zero + minutes(10);
  good.ended = zero + minutes(40);
  made.happen(TrialEnded{trial, TrialStatus::completed, {}, good, {{"loss", final_step, 1.0, 0.0}}});

  const Card card = summarize_trials(Subject(*made));

  EXPECT_EQ(card.rows[0][column(card, "attempts")], Value{std::int64_t{2}});
  EXPECT_EQ(card.rows[0][column(card, "queue wait / s")], Value{60.0 * (3 + 6)});
  EXPECT_EQ(card.rows[0][column(card, "run time / s")], Value{60.0 * 30});
}

TEST(Summary, ATrialThatIsTriedAgainSaysWhy) {
  MadeExperiment made({range("x", 0, 1)});
  const int trial = made.create({{"x", 0.5}}, "Sobol", false);
  made.happen(SubmissionIntended{"a", {{trial, 0}}});
  Ending lost{Cause::node_failure};
  lost.host = "node_7";
  made.happen(JobReported{{trial, 0}, JobState::ended, lost, {}});
  made.happen(SubmissionIntended{"b", {{trial, 1}}});

  const Card card = summarize_trials(Subject(*made));

  EXPECT_EQ(card.rows[0][column(card, "reason")], Value{std::string("tried again after: node failure on node_7")});
}

TEST(Experiment, EachParameterIsARowWithItsKindAndDefault) {
  MadeExperiment made({range("lr", 1e-4, 1.0, {.log_scale = true, .default_value = 0.1}), integer("layers", 2, 8),
                       choice("c", {Value{std::string("a")}, Value{std::string("b")}}), fixed("seed", Value{1.0})},
                      {"accuracy", false});

  const Card card = describe_experiment(Subject(*made));

  EXPECT_THAT(card.columns, ElementsAre("parameter", "kind", "default"));
  std::vector<std::string> rows;
  for (const auto& row : card.rows)
    rows.push_back(to_string(row[0]) + ": " + to_string(row[1]) + ", " + to_string(row[2]));
  EXPECT_THAT(rows,
              ElementsAre("lr: log(1e-04, 1), 0.1", "layers: int(2, 8), ", "c: choice(a, b), ", "seed: fixed(1.0), "));
  EXPECT_THAT(card.text, HasSubstr("Maximize accuracy."));
}

TEST(BestTrial, ALuckyMeasurementIsToldFromAGoodTrial) {
  MadeExperiment made({range("x", 0, 1)});
  made.sample(
      60, [](const Parameterization& p) { return 10 * std::pow(p.number("x") - 0.3, 2); }, 0.2);
  made.complete({{"x", 0.9}}, -1.0, 3.0);

  const Card card = show_best(Subject(*made));

  EXPECT_THAT(card.text, HasSubstr("Trial 60 measured best, but the model takes that for luck"));
  ASSERT_EQ(card.rows.size(), 2U);
  EXPECT_NEAR(std::get<double>(card.rows[0][column(card, "x")]), 0.3, 0.1);
  EXPECT_LT(std::get<double>(card.rows[0][column(card, "95 % from")]),
            std::get<double>(card.rows[0][column(card, "predicted")]));
  EXPECT_GT(std::get<double>(card.rows[0][column(card, "95 % to")]),
            std::get<double>(card.rows[0][column(card, "predicted")]));
}

TEST(BestTrial, WhatIsKnownIsPreferredToWhatMayBeALittleBetter) {
  MadeExperiment made({range("x", 0, 1)});
  for (const double x : {0.0, 0.5, 1.0}) made.complete({{"x", x}}, 3.0, 0.1);
  for (int i = 0; i < 5; ++i) made.complete({{"x", 0.2}}, 0.0, 0.3);
  made.complete({{"x", 0.8}}, -0.1, 0.3);
  const Parameterization known{{"x", 0.2}}, promising{{"x", 0.8}};
  const Surrogate model = Surrogate::fit(*made).value();
  ASSERT_LT(model.predict({&promising, 1}).front().mean, model.predict({&known, 1}).front().mean);

  EXPECT_EQ(best_point(*made, &model)->trial, 3);
  EXPECT_EQ(best_point(*made, nullptr)->trial, 8);
}

TEST(BestTrial, IsOneThatCompletedThoughTrialsThatWereStoppedEarlyTeachTheModel) {
  MadeExperiment made({range("x", 0, 1)});
  for (const double x : {0.0, 0.4, 1.0}) made.complete({{"x", x}}, x);
  const int stopped = made.create({{"x", 0.7}});
  made.happen(TrialEnded{stopped, TrialStatus::early_stopped, {}, {}, {{"loss", 3, -9.0, 0.0}}});
  const Surrogate model = Surrogate::fit(*made).value();

  EXPECT_THAT(model.trials(), testing::Contains(stopped));
  EXPECT_EQ(best_point(*made, nullptr)->trial, 0);
  EXPECT_EQ(best_point(*made, nullptr)->trial, made->best_observed());
  EXPECT_NE(best_point(*made, &model)->trial, stopped);
}

TEST(BestTrial, WhatIsMaximizedIsTheMirrorImageOfWhatIsMinimized) {
  const auto f = [](const Parameterization& p) { return std::pow(p.number("x") - 0.3, 2); };
  MadeExperiment low({range("x", 0, 1)}, {"loss", true}), high({range("x", 0, 1)}, {"gain", false});
  low.sample(20, f, 0.01);
  high.sample(
      20, [&](const Parameterization& p) { return -f(p); }, 0.01);
  const Parameterization p{{"x", 0.6}};

  const Belief of_low = Surrogate::fit(*low)->predict({&p, 1}).front();
  const Belief of_high = Surrogate::fit(*high)->predict({&p, 1}).front();

  EXPECT_NEAR(of_low.mean, -of_high.mean, 1e-12);
  EXPECT_NEAR(of_low.low, -of_high.high, 1e-12);
  EXPECT_NEAR(of_low.sem, of_high.sem, 1e-12);
  EXPECT_LT(of_high.low, of_high.high);
  EXPECT_EQ(best_point(*low, true)->trial, best_point(*high, true)->trial);
  EXPECT_EQ(best_point(*low, false)->trial, best_point(*high, false)->trial);
}

TEST(BestTrial, AModelOfMoreTrialsThanItHoldsKeepsTheBestQuarter) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  made.sample(1300, [](const Parameterization& p) { return std::pow(p.number("x") - 0.3, 2) + p.number("y"); });
  const Surrogate model = Surrogate::fit(*made).value();
  std::vector<std::pair<double, int>> order;
  for (const Trial& trial : made->trials()) order.emplace_back(objective_of(*made, trial)->mean, trial.index);
  std::ranges::sort(order);

  ASSERT_EQ(model.trials().size(), Surrogate::most_trials);
  for (std::size_t i = 0; i < Surrogate::most_trials / 4; ++i) {
    EXPECT_THAT(model.trials(), testing::Contains(order[i].second));
  }
  const Parameterization p{{"x", 0.3}, {"y", 0.5}};
  EXPECT_NEAR(model.predict({&p, 1}).front().mean, 0.5, 0.01);
}

TEST(BestTrial, UnderNoiseBeliefsAreAsWideAboveAsBelow) {
  MadeExperiment made({range("x", 0, 1)});
  generation::RandomNumbers random(3);
  made.sample(60, [&](const Parameterization& p) { return std::exp(4 * p.number("x")) + 10 * random.normal(); });
  const Parameterization p{{"x", 0.3}};

  const Belief belief = Surrogate::fit(*made)->predict({&p, 1}).front();

  EXPECT_NEAR(belief.high - belief.mean, belief.mean - belief.low, 1e-9);
}

TEST(BestTrial, WhatIsPredictedThereIsWhatTheModelSays) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  made.sample(30, [](const Parameterization& p) { return std::pow(p.number("x") - 0.3, 2) + 0.1 * p.number("y"); });

  const Card card = show_best(Subject(*made));

  const auto trial = static_cast<int>(std::get<std::int64_t>(card.rows[0][column(card, "trial")]));
  const Parameterization& p = made->trial(trial).parameters;
  const Belief belief = Surrogate::fit(*made)->predict({&p, 1}).front();
  EXPECT_NEAR(std::get<double>(card.rows[0][column(card, "predicted")]), belief.mean, 1e-12);
  EXPECT_NEAR(std::get<double>(card.rows[0][column(card, "95 % from")]), belief.low, 1e-12);
  EXPECT_NEAR(std::get<double>(card.rows[0][column(card, "95 % to")]), belief.high, 1e-12);
}

TEST(BestTrial, TrialsThatAreAlikeAreCalledSo) {
  MadeExperiment made({range("x", 0, 1)});
  generation::RandomNumbers random(11);
  made.sample(
      40, [&](const Parameterization& p) { return std::pow(p.number("x") - 0.3, 2) + 0.3 * random.normal(); }, 0.3);

  const Card card = show_best(Subject(*made));

  EXPECT_THAT(card.text, HasSubstr("can hardly be told apart"));
}

TEST(Trace, BestSoFarByTrialAndByTimeIsCountedByHand) {
  MadeExperiment made({range("x", 0, 1)}, {"score", false});
  const int slow = made.create({{"x", 0.1}}, "Sobol");                                             // minute 1
  made.complete({{"x", 0.2}}, 2.0, 0, "Sobol");                                                    // ends at minute 3
  made.fail({{"x", 0.3}});                                                                         // minute 5
  made.complete({{"x", 0.4}}, 1.0);                                                                // minute 7
  made.happen(TrialEnded{slow, TrialStatus::completed, {}, {}, {{"score", final_step, 3.0, 0}}});  // minute 8
  made.complete({{"x", 0.5}}, 5.0);                                                                // minute 10

  const Card card = trace_optimization(Subject(*made));

  const Trace& by_trial = trace_named(card.figures[0], "best so far");
  EXPECT_THAT(by_trial.x, ElementsAre(0, 4));
  EXPECT_THAT(by_trial.y, ElementsAre(3, 5));
  const Trace& by_time = trace_named(card.figures[1], "best so far");
  EXPECT_THAT(by_time.x, ElementsAre(3, 8, 10));
  EXPECT_THAT(by_time.y, ElementsAre(2, 3, 5));
  EXPECT_EQ(card.figures[1].x.title, "time since the experiment began / min");
  EXPECT_THAT(trace_named(card.figures[0], "Sobol").y, ElementsAre(3, 2));
  EXPECT_THAT(trace_named(card.figures[0], "GP").x, ElementsAre(3, 4));
  EXPECT_EQ(card.rows.size(), 2U);
}

TEST(ParallelCoordinates, AxesAreParametersInTheirScalesAndTheObjective) {
  MadeExperiment made(two_parameters());
  made.complete(at(0.1), 1.0);
  made.complete(at(0.01, "a,\"b\"\n\xc3\xa9"), 2.0);

  const Figure figure = draw_parallel_coordinates(Subject(*made)).figures.at(0);

  ASSERT_EQ(figure.axes.size(), 3U);
  EXPECT_TRUE(figure.axes[0].log);
  EXPECT_THAT(figure.axes[1].categories, ElementsAre("<script>", "a,\"b\"\n\xc3\xa9"));
  EXPECT_EQ(figure.axes[2].title, "loss");
  EXPECT_THAT(figure.traces[0].columns, ElementsAre(ElementsAre(0.1, 0.01), ElementsAre(0, 1), ElementsAre(1, 2)));
  EXPECT_THAT(figure.traces[0].z, ElementsAre(1, 2));
}

TEST(Scatter, ErrorsAreDrawnWhereTheyAreKnown) {
  MadeExperiment made(two_parameters());
  made.complete(at(0.1), 1.0, 0.5);
  made.complete(at(0.01), 2.0);

  const Card card = scatter_parameters(Subject(*made));

  ASSERT_EQ(card.figures.size(), 2U);
  const Trace& points = card.figures[0].traces[0];
  EXPECT_THAT(points.x, ElementsAre(0.1, 0.01));
  EXPECT_NEAR(points.high[0], 1.98, 0.001);
  EXPECT_EQ(points.low[1], 2.0);
  EXPECT_THAT(trace_named(card.figures[0], "best").y, ElementsAre(1.0));
}

TEST(Drawing, TenThousandTrialsAreThinnedAndItIsSaid) {
  MadeExperiment made({range("x", 0, 1)});
  for (int i = 0; i < 10000; ++i) made.complete({{"x", i / 10000.0}}, i == 4321 ? -1.0 : i);
  const Subject subject(*made);

  const Card trace = trace_optimization(subject);
  const Card scatter = scatter_parameters(subject);

  EXPECT_THAT(trace.text, HasSubstr("of 10,000 trials are drawn."));
  EXPECT_LE(scatter.figures[0].traces[0].x.size(), 2002U);
  EXPECT_THAT(trace_named(scatter.figures[0], "best").x, ElementsAre(0.4321));
}

TEST(Cards, AreTheSameEveryTime) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  made.sample(20, [](const Parameterization& p) { return p.number("x") * p.number("y"); });

  const std::vector<Card> once = compute_all(*made), again = compute_all(*made);

  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].rows, again[i].rows) << once[i].name;
    for (std::size_t k = 0; k < once[i].figures.size(); ++k) {
      const auto &a = once[i].figures[k].traces, &b = again[i].figures[k].traces;
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t t = 0; t < a.size(); ++t) EXPECT_EQ(a[t].z, b[t].z) << once[i].figures[k].title;
    }
  }
}

TEST(Cards, WithoutACompletedTrialTheySayWhatIsMissing) {
  MadeExperiment nothing({range("x", 0, 1)});
  MadeExperiment failures({range("x", 0, 1)});
  for (int i = 0; i < 6; ++i) failures.fail({{"x", 0.1 * i}});

  for (const MadeExperiment* made : {&nothing, &failures}) {
    const std::vector<Card> cards = compute_all(**made);
    EXPECT_EQ(cards.front().text, "No trial has completed yet.");
    for (const Card& card : cards) {
      EXPECT_THAT(card.text, testing::Not(IsEmpty())) << card.name;
      EXPECT_FALSE(to_text(card).empty());
    }
  }
}

}  // namespace
}  // namespace stune::analysis
