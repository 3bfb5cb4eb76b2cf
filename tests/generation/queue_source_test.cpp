// Candidates made by a thread: the same as without it, fresh, and aware of what is pending.
#include "generation/queue_source.hpp"

#include <gtest/gtest.h>

#include "generation/inline_source.hpp"
#include "tests/generation/story.hpp"

namespace stune {
namespace {

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

TEST(QueueSource, TrialsThatNeedNoResultAreMadeTogetherAndAreTheSame) {
  for (const char* method : {"sobol", "random"}) {
    Story story({range("x", 0.0, 1.0), integer("n", 1, 40)}, method, 0, 16);
    InlineSource exact;
    exact.feed(story.events);
    QueueSource queue;
    queue.feed(story.events);
    queue.feed(story.accept(*await(queue, 0)));

    std::vector<Candidate> together;
    while (together.size() < 20) {
      for (Candidate& candidate : await_some(queue, 0, 20)) together.push_back(std::move(candidate));
    }

    exact.take(1, 0);
    for (const Candidate& candidate : together) {
      const Candidate expected = exact.take(1, 0).ready.at(0);
      EXPECT_EQ(candidate.parameters, expected.parameters) << method;
      EXPECT_EQ(candidate.fresh_up_to, any_evidence);
    }
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

TEST(QueueSource, OneFitServesHalfOfThoseThatRunWhereCandidatesAreTakenBeforeTheyCanBeRenewed) {
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

  const std::vector<Candidate> together = await_some(queue, 0, 64);

  ASSERT_FALSE(together.empty());
  EXPECT_EQ(together.size() % 8, 0U) << "more than eight where this thread had to wait for a core";
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
  Sequence evidence = 0;
  const auto next = [&] {
    const auto candidate = await(queue, evidence);
    if (!candidate) return false;
    loss.push_back(candidate->parameters.number("n"));
    queue.feed(story.accept(*candidate));
    return true;
  };
  while (next()) {
  }
  ASSERT_EQ(loss.size(), 3U);

  for (int i = 0; i < 9; ++i) {
    const auto place = static_cast<std::size_t>(i);
    queue.feed(story.complete(i, loss[place] + 0.1 * (i % 2), 1.0));
    evidence = story.events.back().sequence;
    while (loss.size() < place + 4 && next()) {
    }
  }

  EXPECT_EQ(loss.size(), 12U) << "three at a time, from first to last";
}

}  // namespace
}  // namespace stune
