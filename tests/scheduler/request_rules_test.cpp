#include "scheduler/request_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scheduler/rig.hpp"

namespace stune {
namespace {

Experiment with_one_trial() {
  Experiment experiment;
  experiment.apply({1, {}, ExperimentCreated{small_definition(), options_for(10, 2)}});
  experiment.apply({2, {}, TrialCreated{0, small_definition().space.center(), "Manual", 1, true}});
  return experiment;
}

Ruling rule_on(const Experiment& experiment, Request request) {
  return stune::rule_on(experiment, ReceivedRequest{"id", std::move(request)});
}

TEST(RequestRules, ASetChangesOnlyWhatItNames) {
  const Ruling ruling = rule_on(with_one_trial(), SetRequest{{{"parallel", "8"}}});

  ASSERT_EQ(ruling.events.size(), 1U);
  RunOptions expected = options_for(10, 2);
  expected.parallel = 8;
  EXPECT_EQ(std::get<OptionsChanged>(ruling.events[0]).options, expected);
}

TEST(RequestRules, WhatIsImpossibleIsRefusedWithAReason) {
  const Experiment experiment = with_one_trial();

  EXPECT_THAT(rule_on(experiment, StopRequest{7, ""}).notice, testing::HasSubstr("7"));
  EXPECT_THAT(rule_on(experiment, SetRequest{{{"paralel", "8"}}}).notice, testing::HasSubstr("paralel"));
  EXPECT_THAT(rule_on(experiment, AttachRequest{{{"x", 2.0}, {"n", std::int64_t{1}}}, true}).notice,
              testing::HasSubstr("x"));
  EXPECT_TRUE(rule_on(experiment, StopRequest{7, ""}).events.empty());
}

TEST(RequestRules, AnAttachIsServedOnceHoweverOftenItIsSeen) {
  Experiment experiment = with_one_trial();
  const AttachRequest request{{{"x", 0.5}, {"n", std::int64_t{1}}}, false};
  const Ruling ruling = rule_on(experiment, request);

  ASSERT_EQ(ruling.events.size(), 1U);
  experiment.apply({3, {}, ruling.events[0]});

  EXPECT_TRUE(experiment.waiting().contains(1));
  EXPECT_TRUE(rule_on(experiment, request).events.empty());
  EXPECT_FALSE(stune::rule_on(experiment, {"another", request}).events.empty());
}

TEST(RequestRules, AnAttachWithResultsIsCompleted) {
  const AttachRequest request{{{"x", 0.5}, {"n", std::int64_t{1}}}, true, {{"loss", final_step, 0.5, 0.0}}};

  const Ruling ruling = rule_on(with_one_trial(), request);

  ASSERT_EQ(ruling.events.size(), 2U);
  EXPECT_EQ(std::get<TrialEnded>(ruling.events[1]).status, TrialStatus::completed);
}

TEST(RequestRules, ATellEndsTheTrialOrAddsToIt) {
  const Experiment experiment = with_one_trial();
  const std::vector<Observation> loss = {{"loss", final_step, 0.5, 0.0}};

  EXPECT_TRUE(std::holds_alternative<TrialEnded>(
      rule_on(experiment, TellRequest{0, loss, TrialStatus::completed, ""}).events.at(0)));
  EXPECT_TRUE(std::holds_alternative<Observed>(
      rule_on(experiment, TellRequest{0, loss, TrialStatus::running, ""}).events.at(0)));
}

TEST(RequestRules, ATrialThatRunsHereCannotBeToldToBeOver) {
  Experiment experiment = with_one_trial();
  experiment.apply({3, {}, TrialCreated{1, small_definition().space.center(), "Sobol", 1, false}});

  EXPECT_THAT(rule_on(experiment, TellRequest{1, {}, TrialStatus::completed, ""}).notice,
              testing::HasSubstr("has not run yet"));
  EXPECT_EQ(rule_on(experiment, TellRequest{1, {}, TrialStatus::abandoned, ""}).events.size(), 1U);
  experiment.apply({4, {}, SubmissionIntended{"token", {{1, 0}}}});
  const Ruling ruling = rule_on(experiment, TellRequest{1, {}, TrialStatus::failed, ""});

  EXPECT_THAT(ruling.notice, testing::HasSubstr("trial 1 runs or is queued"));
  EXPECT_TRUE(ruling.events.empty());
}

TEST(RequestRules, ResultsWithoutAFiniteObjectiveAreAFailure) {
  const double nan = std::numeric_limits<double>::quiet_NaN();

  const Ruling told =
      rule_on(with_one_trial(), TellRequest{0, {{"loss", final_step, nan, 0.0}}, TrialStatus::completed, ""});
  const Ruling attached = rule_on(
      with_one_trial(), AttachRequest{{{"x", 0.5}, {"n", std::int64_t{1}}}, true, {{"loss", final_step, nan, 0.0}}});

  EXPECT_EQ(std::get<TrialEnded>(told.events.at(0)).status, TrialStatus::failed);
  EXPECT_THAT(std::get<TrialEnded>(told.events.at(0)).reason, testing::HasSubstr("loss = nan"));
  EXPECT_EQ(std::get<TrialEnded>(attached.events.at(1)).status, TrialStatus::failed);
}

TEST(RequestRules, ATrialThatAPersonRunsIsStoppedAtOnce) {
  const Ruling ruling = rule_on(with_one_trial(), StopRequest{0, ""});

  ASSERT_EQ(ruling.events.size(), 1U);
  EXPECT_EQ(std::get<TrialEnded>(ruling.events[0]).status, TrialStatus::abandoned);
}

}  // namespace
}  // namespace stune
