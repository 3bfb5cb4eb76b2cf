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
  EXPECT_EQ(card.figures[1].x.title, "time since the trial's start / s");
  EXPECT_THAT(card.figures[1].traces[1].x, ElementsAre(60, 120, 180));
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
