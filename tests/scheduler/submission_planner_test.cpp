#include "scheduler/submission_planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/scheduler/rig.hpp"

namespace stune {
namespace {

std::vector<Candidate> candidates(int count) {
  return std::vector<Candidate>(static_cast<std::size_t>(count),
                                Candidate{small_definition().space.center(), "Sobol", 1, 1, {}});
}

TEST(SubmissionPlanner, WaitingTrialsGoBeforeNewOnes) {
  FakeCluster cluster;
  const FakeRunner runner(cluster, {.max_batch = 1});
  const Experiment experiment = begun(2);

  const Plan plan = plan_submissions(experiment, candidates(5), 3, runner, 4);

  EXPECT_EQ(plan.trials, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(plan.submissions.size(), 3U);
}

TEST(SubmissionPlanner, TokensAreUniqueAndTellTheNameAndTheEvent) {
  FakeCluster cluster;
  const FakeRunner runner(cluster, {.max_batch = 1});
  const Experiment experiment = begun();

  const Plan plan = plan_submissions(experiment, candidates(3), 3, runner, 2);

  std::set<std::string> tokens;
  for (const Submission& submission : plan.submissions) tokens.insert(submission.token);
  EXPECT_EQ(tokens.size(), 3U);
  for (std::size_t i = 0; i < plan.events.size(); ++i) {
    if (const auto* intended = std::get_if<SubmissionIntended>(&plan.events[i])) {
      EXPECT_EQ(intended->token, "small-abc123-" + std::to_string(2 + i));
    }
  }
}

TEST(SubmissionPlanner, AFitIsJournaledOnceHoweverManyCandidatesBringIt) {
  FakeCluster cluster;
  const FakeRunner runner(cluster, {.max_batch = 1});
  Experiment experiment = begun();
  const auto fits = [&](Sequence evidence) {
    std::vector<Candidate> bring_it = candidates(2);
    for (Candidate& candidate : bring_it) candidate.fit = ModelFitted{evidence, {1.0}};
    const Plan plan = plan_submissions(experiment, bring_it, 2, runner, experiment.last_sequence() + 1);
    const auto count = std::ranges::count_if(
        plan.events, [](const EventBody& body) { return std::holds_alternative<ModelFitted>(body); });
    for (const EventBody& body : plan.events) experiment.apply({experiment.last_sequence() + 1, {}, body});
    return count;
  };

  EXPECT_EQ(fits(1), 1);
  EXPECT_EQ(fits(1), 0) << "made before the journal had it";
  EXPECT_EQ(fits(experiment.last_sequence()), 1) << "of other evidence";
}

TEST(SubmissionPlanner, BatchesAreNoLargerThanTheRunnerTakes) {
  FakeCluster cluster;
  const FakeRunner runner(cluster, {.max_batch = 4});

  const Plan plan = plan_submissions(begun(), candidates(10), 10, runner, 2);

  ASSERT_EQ(plan.submissions.size(), 3U);
  EXPECT_EQ(plan.submissions[0].jobs.size(), 4U);
  EXPECT_EQ(plan.submissions[2].jobs.size(), 2U);
}

TEST(SubmissionPlanner, APlanCanBeAppliedAndIsThenWhatIsAdopted) {
  FakeCluster cluster;
  const FakeRunner runner(cluster);
  Experiment experiment = begun();
  const Plan plan = plan_submissions(experiment, candidates(3), 3, runner, 2);
  for (const EventBody& body : plan.events) experiment.apply({experiment.last_sequence() + 1, {}, body});

  const std::vector<Submission> adopted = live_submissions(experiment);

  ASSERT_EQ(adopted.size(), 1U);
  EXPECT_EQ(adopted[0].token, plan.submissions[0].token);
  EXPECT_EQ(adopted[0].jobs.size(), 3U);
  EXPECT_EQ(adopted[0].jobs[2].id, (AttemptId{2, 0}));
}

TEST(SubmissionPlanner, AdoptedJobsHaveMetadataOnlyWhereTheRunnerHasSpoken) {
  FakeCluster cluster;
  const FakeRunner runner(cluster);
  Experiment experiment = begun();
  const Plan plan = plan_submissions(experiment, candidates(2), 2, runner, 2);
  for (const EventBody& body : plan.events) experiment.apply({experiment.last_sequence() + 1, {}, body});
  experiment.apply({experiment.last_sequence() + 1, {}, JobReported{{1, 0}, JobState::running, {}, Metadata{}}});

  const std::vector<Submission> adopted = live_submissions(experiment);

  EXPECT_FALSE(adopted[0].jobs[0].metadata.has_value());
  EXPECT_TRUE(adopted[0].jobs[1].metadata.has_value());
}

TEST(SubmissionPlanner, MachinesToAvoidReachEveryJobOfThePlan) {
  FakeCluster cluster;
  const FakeRunner runner(cluster);

  const Plan plan = plan_submissions(begun(1), candidates(2), 3, runner, 4, {"n1", "n7"});

  int jobs = 0;
  for (const Submission& submission : plan.submissions) {
    for (const Job& job : submission.jobs) {
      EXPECT_EQ(job.avoid_hosts, (std::vector<std::string>{"n1", "n7"}));
      ++jobs;
    }
  }
  EXPECT_EQ(jobs, 3);
}

}  // namespace
}  // namespace stune
