// Where candidates come from, inline or by a thread: fresh, aware of what is pending, and the same for the same events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "generation/inline_source.hpp"
#include "generation/queue_source.hpp"
#include "stune/parameter.hpp"

namespace stune {
namespace {

constexpr int patience_in_milliseconds = 60'000;  // of a test that waits for a thread

/// Events as a coordinator would commit them.
class Story {
 public:
  explicit Story(std::vector<Parameter> parameters, const std::string& method = "fast", int initial = 0,
                 int parallel = 1) {
    Definition d;
    d.id = "abc123";
    d.name = "story";
    d.space = SearchSpace(std::move(parameters));
    d.optimization.objectives = {{"loss", true}};
    d.seed = 11;
    d.method = method;
    d.initial = initial;
    RunOptions options;
    options.trials = 100;
    options.parallel = parallel;
    add(ExperimentCreated{d, options});
  }

  void want(int trials) {
    RunOptions options;
    options.trials = trials;
    add(OptionsChanged{options});
  }
  void observe(int trial, double loss) { add(Observed{trial, {{"loss", 1, loss, 0.0}}}); }

  /// The candidate becomes the next trial.
  std::vector<Event> accept(const Candidate& c) {
    const std::size_t before = events.size();
    if (c.fit) add(*c.fit);
    add(TrialCreated{trials_, c.parameters, c.generator, c.made_from, false});
    add(SubmissionIntended{"token" + std::to_string(trials_), {{trials_, 0}}});
    ++trials_;
    return {events.begin() + static_cast<std::ptrdiff_t>(before), events.end()};
  }
  std::vector<Event> complete(int trial, double loss, double sem = 0.0) {
    add(TrialEnded{trial, TrialStatus::completed, {}, Ending{Cause::completed}, {{"loss", final_step, loss, sem}}});
    return {events.back()};
  }

  std::vector<Event> abandon(int trial) {
    add(TrialEnded{trial, TrialStatus::abandoned, {}, {}, {}});
    return {events.back()};
  }

  std::vector<Event> events;

 private:
  void add(EventBody body) { events.push_back({events.size() + 1, {}, std::move(body)}); }
  int trials_ = 0;
};

std::vector<Parameter> plane() { return {range("x", 0.0, 1.0), range("y", 0.0, 1.0)}; }

double loss_of(const Parameterization& p) {
  return std::pow(p.number("x") - 0.3, 2) + std::pow(p.number("y") - 0.6, 2);
}

/// What the trial of that index would measure.
double loss_at(const Story& story, int trial) {
  for (const Event& event : story.events) {
    const auto* created = std::get_if<TrialCreated>(&event.what);
    if (created && created->trial == trial) return loss_of(created->parameters);
  }
  return 0.0;
}

std::ptrdiff_t fits(const Story& story) {
  return std::ranges::count_if(story.events,
                               [](const Event& event) { return std::holds_alternative<ModelFitted>(event.what); });
}

/// A story in which so many trials are completed, told to `source`.
void play(Story& story, CandidateSource& source, int completed) {
  source.feed(story.events);
  for (int i = 0; i < completed; ++i) {
    const Candidates taken = source.take(1, 0);
    ASSERT_EQ(taken.ready.size(), 1U);
    source.feed(story.accept(taken.ready[0]));
    source.feed(story.complete(i, loss_of(taken.ready[0].parameters)));
  }
}

/// What the source gives once it is ready; nothing if it never is.
std::optional<Candidate> await(CandidateSource& source, Sequence seen_at_least) {
  while (true) {
    Candidates taken = source.take(1, seen_at_least);
    if (!taken.ready.empty()) return taken.ready[0];
    if (taken.exhausted) return {};
    pollfd wake{source.wake_fd(), POLLIN, 0};
    if (::poll(&wake, 1, patience_in_milliseconds) <= 0) return {};
  }
}

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

TEST(InlineSource, JournalingACandidateLeavesTheNextUnchanged) {
  for (const int completed : {0, 3, 6, 9}) {
    SCOPED_TRACE(completed);
    Story story(plane());
    InlineSource both;
    play(story, both, completed);
    InlineSource after_a_restart;
    const Candidates two = both.take(2, 0);
    ASSERT_EQ(two.ready.size(), 2U);
    story.accept(two.ready[0]);
    after_a_restart.feed(story.events);

    const Candidates next = after_a_restart.take(1, 0);

    EXPECT_EQ(next.ready.at(0).parameters, two.ready[1].parameters);
  }
}

TEST(InlineSource, AResumedRunGivesTheSameDigitsAsOneThatKeptItsModel) {
  // Long enough that the model is not refitted for every outcome; results arrive out of order, some never.
  Story story(plane());
  InlineSource running;
  running.feed(story.events);
  std::vector<int> pending;
  for (int trial = 0; trial < 130; ++trial) {
    const Candidates taken = running.take(1, 0);
    ASSERT_EQ(taken.ready.size(), 1U);
    if (trial > 104) {
      InlineSource resumed;
      resumed.feed(story.events);
      const Candidates again = resumed.take(1, 0);
      ASSERT_EQ(again.ready[0].parameters, taken.ready[0].parameters) << trial;
      ASSERT_EQ(again.ready[0].fit.has_value(), taken.ready[0].fit.has_value()) << trial;
    }
    running.feed(story.accept(taken.ready[0]));
    pending.push_back(trial);
    if (pending.size() < 4) continue;
    const auto place = pending.begin() + trial % 4;
    if (trial % 10 == 7) {
      running.feed(story.abandon(*place));
    } else {
      running.feed(story.complete(*place, trial % 10 == 3 ? std::nan("") : loss_at(story, *place)));
    }
    pending.erase(place);
  }
  EXPECT_LT(fits(story), 125) << "the model was refitted for every outcome";
}

TEST(InlineSource, ACandidateThatBecameNoTrialIsForgotten) {
  Story story(plane());
  InlineSource source;
  play(story, source, 2);
  const Candidate dropped = source.take(1, 0).ready.at(0);
  source.feed({});

  EXPECT_EQ(source.take(1, 0).ready.at(0).parameters, dropped.parameters);
}

TEST(QueueSource, GivesTheSameTrialsAsTheInlineSource) {
  Story story(plane());
  InlineSource exact;
  exact.feed(story.events);
  QueueSource queue;
  queue.feed(story.events);
  Sequence evidence = 0;

  for (int i = 0; i < 12; ++i) {
    SCOPED_TRACE(i);
    const Candidate expected = exact.take(1, 0).ready.at(0);
    const auto found = await(queue, evidence);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->parameters, expected.parameters);
    for (const auto& events : {story.accept(expected), story.complete(i, loss_of(expected.parameters))}) {
      exact.feed(events);
      queue.feed(events);
    }
    evidence = story.events.back().sequence;
  }
}

TEST(QueueSource, OneFitServesSeveralOfManyRunningTrials) {
  Story story(plane(), "fast", 0, 64);
  QueueSource queue;
  queue.feed(story.events);
  for (int i = 0; i < 64; ++i) queue.feed(story.accept(*await(queue, 0)));
  for (int i = 0; i < 8; ++i) queue.feed(story.complete(i, loss_at(story, i)));
  const Sequence evidence = story.events.back().sequence;

  std::vector<Candidate> together = {*await(queue, evidence)};
  for (Candidate& more : queue.take(64, evidence).ready) together.push_back(std::move(more));

  EXPECT_EQ(together.size(), 8U);
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_EQ(together[i].generator, "GP");
    for (std::size_t k = 0; k < i; ++k) EXPECT_NE(together[i].parameters, together[k].parameters);
  }
}

TEST(QueueSource, OneFitServesSeveralWhereCandidatesAreTakenBeforeTheyCanBeRenewed) {
  Story story(plane(), "fast", 0, 16);
  QueueSource queue;
  queue.feed(story.events);
  for (int i = 0; i < 16; ++i) queue.feed(story.accept(*await(queue, 0)));
  for (int i = 0; i < 8; ++i) queue.feed(story.complete(i, loss_at(story, i)));
  queue.feed(story.accept(*await(queue, story.events.back().sequence)));
  bool outdated = false;
  for (int i = 8; i < 16 && !outdated; ++i) {
    pollfd ready{queue.wake_fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&ready, 1, patience_in_milliseconds), 1);
    queue.feed(story.complete(i, loss_at(story, i)));
    const auto taken = await(queue, 0);
    outdated = taken->fresh_up_to < story.events.back().sequence;
    queue.feed(story.accept(*taken));
  }
  ASSERT_TRUE(outdated);

  std::vector<Candidate> together = {*await(queue, 0)};
  for (Candidate& more : queue.take(64, 0).ready) together.push_back(std::move(more));

  EXPECT_EQ(together.size(), 4U);
  for (const Candidate& c : together) EXPECT_EQ(c.made_from, together[0].made_from);
}

TEST(QueueSource, NeverGivesAsFreshWhatHasNotSeenTheEvidence) {
  Story story(plane());
  QueueSource queue;
  queue.feed(story.events);
  for (int i = 0; i < 10; ++i) {
    const auto first = await(queue, 0);
    ASSERT_TRUE(first);
    queue.feed(story.accept(*first));
    queue.feed(story.complete(i, loss_of(first->parameters)));
    const Sequence evidence = story.events.back().sequence;

    const Candidates at_once = queue.take(1, evidence);

    for (const Candidate& c : at_once.ready) EXPECT_GE(c.made_from, evidence);
    if (!at_once.ready.empty()) queue.feed({});
  }
}

TEST(QueueSource, EndsWhileItsThreadIsAtWork) {
  Story story(plane());
  InlineSource source;
  play(story, source, 30);

  for (int i = 0; i < 20; ++i) {
    QueueSource queue(source.strategy());
    queue.take(1, 0);
  }
}

TEST(QueueSource, SaysThatAFiniteSpaceIsExhausted) {
  Story story({boolean("b")});
  QueueSource queue;
  queue.feed(story.events);
  for (int i = 0; i < 2; ++i) {
    const auto candidate = await(queue, 0);
    ASSERT_TRUE(candidate);
    queue.feed(story.accept(*candidate));
  }

  EXPECT_FALSE(await(queue, 0));
  EXPECT_TRUE(queue.take(1, 0).exhausted);
}

TEST(QueueSource, AFiniteSpaceIsExhaustedOnlyUntilNoisyEvidenceMakesAPointWorthAnotherLook) {
  Story story({integer("n", 1, 3)}, "fast", 0, 3);
  QueueSource queue;
  queue.feed(story.events);
  std::vector<double> loss;
  const auto next = [&] {
    const auto candidate = await(queue, story.events.back().sequence);
    if (!candidate) return false;
    loss.push_back(candidate->parameters.number("n"));
    queue.feed(story.accept(*candidate));
    return true;
  };
  while (next()) {
  }
  ASSERT_EQ(loss.size(), 3U);

  for (int i = 0; i < 9; ++i) {
    queue.feed(story.complete(i, loss[static_cast<std::size_t>(i)] + 0.1 * (i % 2), 1.0));
    while (next()) {
    }
  }

  EXPECT_EQ(loss.size(), 12U) << "three at a time, from first to last";
}

}  // namespace
}  // namespace stune
