// Candidates made when they are asked for: the same for the same events.
#include "generation/inline_source.hpp"

#include <gtest/gtest.h>

#include "tests/generation/story.hpp"

namespace stune {
namespace {

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

}  // namespace
}  // namespace stune
