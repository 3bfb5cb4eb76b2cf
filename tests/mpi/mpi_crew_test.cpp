#include "runners/mpi_crew.hpp"

#include <gtest/gtest.h>

namespace stune::mpi {
namespace {

Crew ready_crew(std::vector<std::string> hosts, Seconds short_trial = Seconds(1)) {
  const std::size_t count = hosts.size();
  Crew crew(std::move(hosts), short_trial);
  for (Crew::Worker worker = 0; worker < count; ++worker) crew.ready(worker);
  return crew;
}

void learn_times(Crew& crew, Seconds duration, int times) {
  for (int i = 0; i < times; ++i) crew.learn(duration);
}

TEST(Crew, NobodyGetsATrialBeforeTheySayThatTheyAreReady) {
  Crew crew({"n1", "n1"}, Seconds(1));

  EXPECT_EQ(crew.choose({}), std::nullopt);
  EXPECT_EQ(crew.room(), 0);
  EXPECT_FALSE(crew.all_known());
  EXPECT_TRUE(crew.any_left());
}

TEST(Crew, EachWorkerGetsOneTrialAtFirst) {
  Crew crew = ready_crew({"n1", "n1"});

  crew.give(*crew.choose({}), {0, 0});
  crew.give(*crew.choose({}), {1, 0});

  EXPECT_EQ(crew.holder({0, 0}), 0U);
  EXPECT_EQ(crew.holder({1, 0}), 1U);
  EXPECT_EQ(crew.room(), 0);
  EXPECT_EQ(crew.choose({}), std::nullopt);
}

TEST(Crew, WhileTrialsAreShortEachHasTheNextOneAtHand) {
  Crew crew = ready_crew({"n1", "n1"});

  learn_times(crew, Seconds(0.1), 3);
  EXPECT_EQ(crew.room(), 4);
  learn_times(crew, Seconds(10), 4);

  EXPECT_EQ(crew.room(), 2);
}

TEST(Crew, TrialsOfNoTimeAreAtHandInLargerNumbers) {
  Crew crew = ready_crew({"n1", "n1"});

  learn_times(crew, Seconds(0.001), 3);

  EXPECT_EQ(crew.room(), 16);
}

TEST(Crew, WithoutShortTrialsNobodyEverHasTwo) {
  Crew crew = ready_crew({"n1"}, Seconds(0));

  learn_times(crew, Seconds(0.001), 10);

  EXPECT_EQ(crew.room(), 1);
}

TEST(Crew, AnIdleWorkerComesBeforeOneThatWouldHaveTwo) {
  Crew crew = ready_crew({"n1", "n1"});
  learn_times(crew, Seconds(0.1), 3);
  crew.give(0, {0, 0});

  EXPECT_EQ(crew.choose({}), 1U);
}

TEST(Crew, HostsAreAvoidedOnlyWhereThereIsAChoice) {
  Crew crew = ready_crew({"bad", "good"});

  const auto chosen = crew.choose({"bad"});
  crew.give(*chosen, {0, 0});

  EXPECT_EQ(chosen, 1U);
  EXPECT_EQ(crew.choose({"bad"}), 0U);
}

TEST(Crew, ALostWorkerLeavesItsTrialsAndGetsNoMore) {
  Crew crew = ready_crew({"n1", "n1"});
  crew.give(0, {0, 0});

  const auto left = crew.lose(0);

  EXPECT_EQ(left, (std::vector<AttemptId>{{0, 0}}));
  EXPECT_EQ(crew.holder({0, 0}), std::nullopt);
  EXPECT_FALSE(crew.take({0, 0}));
  EXPECT_EQ(crew.room(), 1);
  EXPECT_EQ(crew.choose({}), 1U);
}

TEST(Crew, AWorkerThatComesBackMustSayThatItIsReady) {
  Crew crew = ready_crew({"n1"});
  crew.lose(0);
  EXPECT_FALSE(crew.any_left());

  crew.forgive(0);
  EXPECT_EQ(crew.room(), 0);
  crew.ready(0);

  EXPECT_EQ(crew.room(), 1);
}

TEST(Crew, ATrialBehindAnotherIsMisplacedOnceSomebodyIsIdle) {
  Crew crew = ready_crew({"n1", "n1"});
  learn_times(crew, Seconds(0.1), 3);
  crew.give(0, {0, 0});
  crew.give(0, {1, 0});
  crew.give(1, {2, 0});
  EXPECT_EQ(crew.misplaced(), std::nullopt);

  crew.take({2, 0});

  EXPECT_EQ(crew.misplaced(), (AttemptId{1, 0}));
}

TEST(Crew, WhoWindsDownKeepsWhatItHasAndGetsNoMore) {
  Crew crew = ready_crew({"n1"});
  crew.give(0, {0, 0});

  crew.retire(0);

  EXPECT_EQ(crew.holder({0, 0}), 0U);
  EXPECT_TRUE(crew.take({0, 0}));
  EXPECT_EQ(crew.room(), 0);
  EXPECT_FALSE(crew.any_left());
}

}  // namespace
}  // namespace stune::mpi
