#include "stune/trial.hpp"

#include <gtest/gtest.h>

#include <set>

namespace stune {
namespace {

TEST(Observation, UnknownEqualsUnknown) {
  EXPECT_EQ((Observation{"a"}), (Observation{"a"}));
  EXPECT_NE((Observation{"a", 1, 2.0}), (Observation{"a", 1, 2.0, 0.0}));
  EXPECT_NE((Observation{"a", 1, 2.0}), (Observation{"a", 2, 2.0}));
}

TEST(Trial, TheLastWordIsTheFinalValueElseTheLargestStep) {
  Trial trial;
  EXPECT_FALSE(latest(trial, "a").has_value());

  trial.observations = {{"a", 3, 0.3}, {"b", 9, 0.9}, {"a", 10, 1.0}, {"a", 4, 0.4}};
  EXPECT_EQ(latest(trial, "a")->mean, 1.0);

  trial.observations = {{"a", 3, 0.3}, {"a", final_step, 7.0}, {"a", 4, 0.4}};
  EXPECT_EQ(latest(trial, "a")->mean, 7.0);
  EXPECT_FALSE(latest(trial, "c").has_value());
}

TEST(Trial, WordsOfEnumsAreDistinct) {
  std::set<std::string> words;
  for (int i = 0; i < 6; ++i) words.insert(to_string(static_cast<TrialStatus>(i)));
  EXPECT_EQ(words.size(), 6U);
  words.clear();
  for (int i = 0; i < 6; ++i) words.insert(to_string(static_cast<JobState>(i)));
  EXPECT_EQ(words.size(), 6U);
  words.clear();
  for (int i = 0; i < 12; ++i) words.insert(to_string(static_cast<Cause>(i)));
  EXPECT_EQ(words.size(), 12U);
  EXPECT_FALSE(words.contains("?"));
}

TEST(Trial, AttemptsAreCountedFromTheSecondOn) {
  EXPECT_EQ(to_string(AttemptId{7, 0}), "7");
  EXPECT_EQ(to_string(AttemptId{7, 1}), "7.1");
}

}  // namespace
}  // namespace stune
