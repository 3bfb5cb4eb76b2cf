// What is proposed next, and what is known for that.
#include <gmock/gmock.h>

#include <set>

#include "generation/inline_source.hpp"
#include "tests/generation/story.hpp"

namespace stune {
namespace {

TEST(GenerationStrategy, BeginsWithTheUsersOwnSettingThenTheCentreThenSpreadsOut) {
  Story story({range("x", 0.0, 1.0, {.default_value = 0.9}), range("y", 0.0, 1.0, {.default_value = 0.1})});
  InlineSource source;
  source.feed(story.events);

  const Candidates first = source.take(3, 0);

  ASSERT_EQ(first.ready.size(), 3U);
  EXPECT_EQ(first.ready[0].generator, "Default");
  EXPECT_EQ(first.ready[0].parameters.number("x"), 0.9);
  EXPECT_EQ(first.ready[1].generator, "Center");
  EXPECT_EQ(first.ready[1].parameters.number("x"), 0.5);
  EXPECT_EQ(first.ready[2].generator, "Sobol");
}

TEST(GenerationStrategy, TheModelTakesOverOnceEnoughTrialsAreIn) {
  Story story(plane(), "fast", 4);
  InlineSource source;
  play(story, source, 4);

  EXPECT_EQ(source.take(1, 0).ready.at(0).generator, "GP");
}

TEST(GenerationStrategy, EveryPointOfAFiniteSpaceComesOnceAndThenThereIsNoMore) {
  for (const char* method : {"fast", "random", "sobol"}) {
    SCOPED_TRACE(method);
    Story story({integer("n", 1, 3), choice("c", {std::string("a"), std::string("b")}), boolean("b")}, method, 3);
    InlineSource source;
    source.feed(story.events);
    std::vector<Parameterization> seen;
    for (int i = 0; i < 12; ++i) {
      const Candidates taken = source.take(1, 0);
      ASSERT_EQ(taken.ready.size(), 1U) << i;
      EXPECT_THAT(seen, testing::Not(testing::Contains(taken.ready[0].parameters)));
      seen.push_back(taken.ready[0].parameters);
      source.feed(story.accept(taken.ready[0]));
      source.feed(story.complete(i, taken.ready[0].parameters.number("n")));
    }

    EXPECT_TRUE(source.take(1, 0).exhausted);
  }
}

TEST(GenerationStrategy, WholeNumbersNeverComeTwiceHoweverManyThereAre) {
  for (const Parameter& parameter : {integer("n", 1, 4096, {.log_scale = true}), integer("n", 0, 1999)}) {
    Story story({parameter}, "fast", 5);
    InlineSource source;
    source.feed(story.events);
    std::set<double> seen;
    for (int i = 0; i < 40; ++i) {
      const Candidates taken = source.take(1, 0);
      ASSERT_EQ(taken.ready.size(), 1U);
      const double n = taken.ready[0].parameters.number("n");
      ASSERT_TRUE(seen.insert(n).second) << n << " again, as trial " << i;
      source.feed(story.accept(taken.ready[0]));
      const double off = parameter.log_scale ? std::log(n / 5.0) : (n - 700.0) / 500.0;
      source.feed(story.complete(i, off * off));
    }
    EXPECT_THAT(seen, testing::Contains(parameter.log_scale ? 5.0 : 700.0));
  }
}

TEST(GenerationStrategy, ASpaceOfAThousandAndOnePointsIsUsedUpToTheLast) {
  for (const char* method : {"random", "sobol"}) {
    Story story({integer("n", 1, 1001)}, method);
    GenerationStrategy strategy;
    for (const Event& event : story.events) strategy.apply(event);
    std::set<double> seen;
    for (int i = 0; i < 1001; ++i) {
      const Proposal proposal = strategy.next({});
      ASSERT_TRUE(proposal.candidate) << method << " after " << i;
      seen.insert(proposal.candidate->parameters.number("n"));
      for (const Event& event : story.accept(*proposal.candidate)) strategy.apply(event);
    }
    EXPECT_EQ(seen.size(), 1001U);
    EXPECT_TRUE(strategy.next({}).exhausted);
  }
}

TEST(GenerationStrategy, AnAbandonedPointIsNotProposedAgain) {
  for (const char* method : {"fast", "random", "sobol"}) {
    SCOPED_TRACE(method);
    Story story({integer("n", 1, 4), boolean("b")}, method, 3);
    InlineSource source;
    source.feed(story.events);
    std::vector<Parameterization> seen;
    for (int i = 0; i < 8; ++i) {
      const Candidates taken = source.take(1, 0);
      ASSERT_EQ(taken.ready.size(), 1U) << i;
      EXPECT_THAT(seen, testing::Not(testing::Contains(taken.ready[0].parameters)));
      seen.push_back(taken.ready[0].parameters);
      source.feed(story.accept(taken.ready[0]));
      source.feed(i % 3 == 1 ? story.abandon(i) : story.complete(i, taken.ready[0].parameters.number("n")));
    }
    EXPECT_TRUE(source.take(1, 0).exhausted);
  }
}

TEST(GenerationStrategy, AFiniteSpaceIsLookedAtAgainWhereOutcomesHaveErrors) {
  Story story({integer("n", 1, 3)});
  InlineSource source;
  source.feed(story.events);
  for (int i = 0; i < 10; ++i) {
    const Candidates taken = source.take(1, 0);
    ASSERT_EQ(taken.ready.size(), 1U) << i;
    source.feed(story.accept(taken.ready[0]));
    source.feed(story.complete(i, taken.ready[0].parameters.number("n") + (i % 2), 1.0));
  }
}

TEST(GenerationStrategy, WantingMoreTrialsDoesNotSendTheModelBackToTheInitialDesign) {
  std::vector<Parameter> parameters;
  for (const char* name : {"x", "y", "z", "u", "v"}) parameters.push_back(range(name, 0.0, 1.0));
  Story story(parameters);
  GenerationStrategy strategy;
  story.events.clear();
  Definition definition;
  definition.space = SearchSpace(parameters);
  definition.optimization.objectives = {{"loss", true}};
  RunOptions few;
  few.trials = 30;
  strategy.apply({1, {}, ExperimentCreated{definition, few}});
  for (int i = 0; i < 5; ++i) {
    const Proposal proposal = strategy.next({});
    EXPECT_NE(proposal.candidate->generator, "GP");
    for (const Event& event : story.accept(*proposal.candidate)) strategy.apply(event);
    for (const Event& event : story.complete(i, loss_of(proposal.candidate->parameters))) strategy.apply(event);
  }
  ASSERT_EQ(strategy.next({}).candidate->generator, "GP");

  story.want(200);
  strategy.apply(story.events.back());

  EXPECT_EQ(strategy.next({}).candidate->generator, "GP");
}

TEST(GenerationStrategy, OutcomeTransformsTakeTurnsAlsoWhereTrialsEndInPairs) {
  Story story(plane(), "fast", 4);
  InlineSource source;
  play(story, source, 4);
  for (int i = 4; i < 12; i += 2) {
    for (int k = 0; k < 2; ++k) source.feed(story.accept(source.take(1, 0).ready.at(0)));
    for (int k = 0; k < 2; ++k) source.feed(story.complete(i + k, loss_at(story, i + k)));
  }
  std::set<double> transforms;
  for (const Event& event : story.events) {
    if (const auto* fit = std::get_if<ModelFitted>(&event.what)) transforms.insert(fit->hyperparameters.at(0));
  }
  EXPECT_EQ(transforms.size(), 2U);
}

TEST(GenerationStrategy, ErrorsOfObservationsReachTheModel) {
  Story story(plane());
  InlineSource source;
  source.feed(story.events);
  source.feed(story.accept(source.take(1, 0).ready.at(0)));
  source.feed(story.complete(0, 2.0, 0.25));

  const History::Point& point = source.strategy().history().points().at(0);

  EXPECT_EQ(point.y, -2.0) << "minimized";
  EXPECT_EQ(point.sem, 0.25);
}

TEST(History, WhatARunningTrialReportsIsNoEvidence) {
  Story story(plane());
  InlineSource source;
  play(story, source, 6);
  source.feed(story.accept(source.take(1, 0).ready.at(0)));
  const Sequence before = source.strategy().history().last_evidence();
  const Parameterization next = source.take(1, 0).ready.at(0).parameters;

  story.observe(6, 0.1);
  source.feed({&story.events.back(), 1});

  EXPECT_EQ(source.strategy().history().last_evidence(), before);
  EXPECT_EQ(source.take(1, before).ready.at(0).parameters, next);
}

}  // namespace
}  // namespace stune
