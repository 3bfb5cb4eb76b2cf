// What is proposed next, and what is known for that.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <optional>
#include <set>

#include "generation/inline_source.hpp"
#include "generation/random_numbers.hpp"
#include "tests/generation/story.hpp"

namespace stune {
namespace {

#ifdef STUNE_SANITIZED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

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

// 0 where a proposal with next to no memory left is a quasi-random trial that says why. To be called in a process of
// its own.
int propose_without_memory() {
  Story story(plane());
  GenerationStrategy strategy;
  for (int i = 0; i < 600; ++i) {
    const double x = std::fmod(0.618 * i, 1.0), y = std::fmod(0.414 * i, 1.0);
    story.accept({{{"x", x}, {"y", y}}, "Manual"});
    story.complete(i, x * x + y);
  }
  for (const Event& event : story.events) strategy.apply(event);
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{pages * static_cast<std::size_t>(::getpagesize()) + (1U << 20U), RLIM_INFINITY};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) return 2;
  const Proposal proposal = strategy.next({});
  return proposal.candidate && proposal.candidate->generator == "Sobol" &&
                 proposal.notice.find("bad_alloc") != std::string::npos
             ? 0
             : 1;
}

TEST(GenerationStrategy, WithoutMemoryForTheModelTheTrialIsQuasiRandomAndSaysWhy) {
  if (sanitized) GTEST_SKIP() << "a sanitizer ends the process where memory ends";
  const pid_t child = ::fork();
  if (child == 0) ::_exit(propose_without_memory());
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Mean true loss of trials 20 to 39, of which trial 2 measures `bad`.
double loss_of_later_trials(int seed, const std::string& method, std::optional<double> bad) {
  Story story(plane(), method);
  std::get<ExperimentCreated>(story.events.front().what).definition.seed = static_cast<std::uint64_t>(seed);
  InlineSource source;
  source.feed(story.events);
  generation::RandomNumbers random(static_cast<std::uint64_t>(seed));
  double sum = 0.0;
  for (int i = 0; i < 40; ++i) {
    const Candidate candidate = source.take(1, 0).ready.at(0);
    const double loss = loss_of(candidate.parameters);
    source.feed(story.accept(candidate));
    const double measured = loss + 0.1 * random.normal();
    source.feed(story.complete(i, bad && i == 2 ? *bad : measured, std::nan("")));
    sum += i < 20 ? 0.0 : loss / 20;
  }
  return sum;
}

TEST(GenerationStrategy, OneTrialThatDivergesDoesNotBlindTheModelUnderNoise) {
  double with = 0.0, without = 0.0, random = 0.0;
  for (int seed = 1; seed <= 10; ++seed) {
    without += loss_of_later_trials(seed, "fast", std::nullopt) / 10;
    with += loss_of_later_trials(seed, "fast", 1e6) / 10;
    random += loss_of_later_trials(seed, "random", std::nullopt) / 10;
  }
  EXPECT_LT(without, 0.5 * random);
  EXPECT_LT(with, 0.6 * random);
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
