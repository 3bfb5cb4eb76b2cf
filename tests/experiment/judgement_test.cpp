#include "experiment/judgement.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "stune/parameter.hpp"

namespace stune {
namespace {

const double nan = std::nan("");

/// One trial that has said `said` so far.
Experiment with_a_trial(std::vector<Observation> said) {
  ExperimentCreated created;
  created.definition.space = SearchSpace({range("x", 0.0, 1.0)});
  created.definition.optimization.objectives = {{"loss", true}};
  Experiment experiment;
  experiment.apply({1, {}, created});
  experiment.apply({2, {}, TrialCreated{0, created.definition.space.center(), "Manual", 1, true}});
  experiment.apply({3, {}, Observed{0, std::move(said)}});
  return experiment;
}

TrialEnded completed(const Experiment& experiment, int trial, std::vector<Observation> observations) {
  return judged(experiment, {trial, TrialStatus::completed, {}, {}, std::move(observations)});
}

TEST(Judged, AFiniteObjectiveIsAResult) {
  const TrialEnded end = completed(with_a_trial({}), 0, {{"loss", final_step, 0.5, nan}});

  EXPECT_EQ(end.status, TrialStatus::completed);
  EXPECT_EQ(end.reason, "");
}

TEST(Judged, WhatWasSaidBeforeCounts) {
  EXPECT_EQ(completed(with_a_trial({{"loss", 3, 0.5, nan}}), 0, {}).status, TrialStatus::completed);
  EXPECT_EQ(completed(with_a_trial({{"loss", 3, 0.5, nan}}), 0, {{"loss", 4, nan, nan}}).status, TrialStatus::failed);
  EXPECT_EQ(completed(with_a_trial({{"loss", 3, nan, nan}}), 0, {{"loss", 3, 0.5, nan}}).status,
            TrialStatus::completed);
}

TEST(Judged, WithoutAValueOfTheObjectiveItHasFailed) {
  const TrialEnded end = completed(with_a_trial({}), 0, {{"time", final_step, 0.5, nan}});

  EXPECT_EQ(end.status, TrialStatus::failed);
  EXPECT_EQ(end.reason, "the trial ended without a value of loss");
  EXPECT_EQ(end.observations.size(), 1U);
}

TEST(Judged, ATrialThatIsAboutToBeCreatedHasOnlyItsResults) {
  EXPECT_EQ(completed(with_a_trial({{"loss", final_step, 0.5, nan}}), 1, {{"loss", final_step, INFINITY, nan}}).reason,
            "the trial reported loss = inf");
}

TEST(Judged, OtherEndsStayWhatTheyAre) {
  const TrialEnded end = judged(with_a_trial({}), {0, TrialStatus::abandoned, "power cut", {}, {}});

  EXPECT_EQ(end.status, TrialStatus::abandoned);
  EXPECT_EQ(end.reason, "power cut");
}

}  // namespace
}  // namespace stune
