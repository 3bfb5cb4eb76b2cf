#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A trial that ran for three minutes and reported these values at steps 1, 2, 3, ...
void run(MadeExperiment& made, const std::vector<double>& values, TrialStatus status = TrialStatus::completed) {
  const int trial = made.create({{"x", 0.01 * static_cast<double>(made->trials().size())}}, "GP", false);
  made.happen(SubmissionIntended{"t" + std::to_string(trial), {{trial, 0}}});
  Ending ending{status == TrialStatus::completed ? Cause::completed : Cause::stopped};
  ending.started = TimePoint{};
  ending.ended = TimePoint{} + std::chrono::minutes(3);
  std::vector<Observation> observations;
  for (std::size_t i = 0; i < values.size(); ++i) {
    observations.push_back({"loss", static_cast<std::int64_t>(i + 1), values[i], 0.0});
  }
  made.happen(TrialEnded{trial, status, {}, ending, observations});
}

TEST(Progressions, CurvesAreDrawnByStepAndByTimeWithTheBestApart) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, {3, 2, 1});
  run(made, {5, 4}, TrialStatus::early_stopped);
  run(made, {9, 8, 7});

  const Card card = draw_progressions(Subject(*made));

  ASSERT_EQ(card.figures.size(), 2U);
  const auto& by_step = card.figures[0].traces;
  EXPECT_EQ(by_step[0].name, "trials");
  EXPECT_EQ(by_step[0].x.size(), 6U);
  EXPECT_TRUE(std::isnan(by_step[0].y[2]));
  EXPECT_EQ(by_step[1].name, "best trial");
  EXPECT_THAT(by_step[1].y, ElementsAre(3, 2, 1));
  EXPECT_EQ(by_step[2].name, "stopped early");
  EXPECT_THAT(by_step[2].x, ElementsAre(2));
  EXPECT_EQ(card.figures[1].x.title, "run time / s");
  EXPECT_THAT(card.figures[1].traces[1].x, ElementsAre(60, 120, 180));
}

TEST(Progressions, AStepIsDrawnWhereItWasToldWhateverTheOthersAreLike) {
  MadeExperiment made({range("x", 0, 1)});
  run(made, {3, 2, 1});
  const int trial = made.create({{"x", 0.5}}, "GP", false);
  const auto second = [](int seconds) { return TimePoint{} + std::chrono::seconds(seconds); };
  const auto stay = [&](Cause cause, int start, int end) {
    Ending ending{cause};
    ending.started = second(start);
    ending.ended = second(end);
    return ending;
  };
  made.happen(SubmissionIntended{"a", {{trial, 0}}});
  made.happen(JobReported{{trial, 0}, JobState::ended, stay(Cause::preempted, 100, 140), {}});
  made.happen(SubmissionIntended{"b", {{trial, 1}}});
  made.happen(TrialEnded{
      trial,
      TrialStatus::completed,
      {},
      stay(Cause::completed, 300, 400),
      {{"loss", 1, 9.0, 0.0, second(110)}, {"loss", 2, 8.0, 0.0, second(135)}, {"loss", 3, 7.0, 0.0, second(350)}}});

  const Card card = draw_progressions(Subject(*made));

  const auto& by_time = card.figures.at(1).traces;
  EXPECT_THAT(by_time.at(0).x, ElementsAre(10, 35, 90)) << "40 seconds of the first attempt, 50 of the second";
  EXPECT_THAT(by_time.at(1).x, ElementsAre(60, 120, 180));
  EXPECT_THAT(card.text, HasSubstr("1 of 2 curves has no times; theirs are evenly spread"));
}

TEST(Progressions, StepsThatAPersonTellsAreOfTheTimeWhenTheyAreTold) {
  MadeExperiment made({range("x", 0, 1)});
  const int trial = made.create({{"x", 0.5}});
  made.happen(Observed{trial, {{"loss", 1, 3.0}}});
  made.happen(Observed{trial, {{"loss", 2, 2.0}, {"loss", 1, 3.0}}});
  made.happen(TrialEnded{trial, TrialStatus::completed, {}, {}, {{"loss", 2, 2.0}, {"loss", final_step, 1.5}}});

  EXPECT_THAT(draw_progressions(Subject(*made)).figures.at(1).traces.at(0).x, ElementsAre(60, 120));
  EXPECT_EQ(made->trial(trial).observations.back().at, std::nullopt) << "a final value has no time of its own";
}

TEST(Progressions, OfManyMetricsThoseThatAreDrawnAreCounted) {
  MadeExperiment made({range("x", 0, 1)});
  std::vector<Observation> seen;
  for (int metric = 0; metric < 6; ++metric) {
    for (int step = 0; step < 3; ++step) seen.push_back({"m" + std::to_string(metric), step, 1.0 * step, 0.0});
  }
  const int trial = made.create({{"x", 0.5}});
  made.happen(TrialEnded{trial, TrialStatus::completed, {}, {}, seen});

  EXPECT_THAT(draw_progressions(Subject(*made)).text, HasSubstr("4 of 6 metrics are drawn"));
}

TEST(Progressions, TellWhetherTrialsCouldBeStoppedEarly) {
  MadeExperiment alike({range("x", 0, 1)}), crossing({range("x", 0, 1)});
  for (int i = 0; i < 10; ++i) {
    run(alike, {i + 4.0, i + 3.0, i + 2.0, i + 1.0});
    run(crossing, {0.0 + i, 0.0 + i, 5.0, 9.0 - i});
  }

  EXPECT_THAT(draw_progressions(Subject(*alike)).text, HasSubstr("bad ones could be stopped there"));
  EXPECT_THAT(draw_progressions(Subject(*crossing)).text, HasSubstr("must run to their end"));
}

TEST(Progressions, WithoutStepsThereIsNoCard) {
  MadeExperiment made({range("x", 0, 1)});
  made.complete({{"x", 0.5}}, 1.0);

  EXPECT_TRUE(draw_progressions(Subject(*made)).text.empty());
}

TEST(Progressions, ManyLongCurvesAreThinnedAndItIsSaid) {
  MadeExperiment made({range("x", 0, 1000)});
  for (int i = 0; i < 300; ++i) run(made, std::vector<double>(1000, i == 123 ? 0.5 : 1.0 + i));

  const Card card = draw_progressions(Subject(*made));

  EXPECT_THAT(card.text, HasSubstr("of 300 trials are drawn"));
  EXPECT_LE(card.figures[0].traces[0].x.size(), 9000U + 121U) << "gaps between curves included";
  EXPECT_EQ(card.figures[0].traces[1].name, "best trial");
}

}  // namespace
}  // namespace stune::analysis
