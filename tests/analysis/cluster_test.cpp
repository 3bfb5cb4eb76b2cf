#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/analyses.hpp"
#include "analysis/occupancy.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TimePoint minute(int minutes) { return TimePoint{} + std::chrono::minutes(minutes); }

Ending ending(Cause cause, int start, int end, const std::string& host = "n1") {
  Ending result{cause};
  result.started = minute(start);
  result.ended = minute(end);
  result.host = host;
  result.cpu_seconds = 60.0 * (end - start);
  return result;
}

/// Events happen at minutes 0, 1, 2, ...: two slots, one lost attempt, one failure, one trial that still runs.
class Cluster : public testing::Test {
 protected:
  Cluster() {
    for (int i = 0; i < 3; ++i) made_.create({{"x", 0.1 * i}}, "Sobol", false);                       // 1, 2, 3
    made_.happen(SubmissionIntended{"a", {{0, 0}, {1, 0}}});                                          // 4
    made_.happen(JobReported{{0, 0}, JobState::ended, ending(Cause::node_failure, 6, 8, "n2"), {}});  // 5
    made_.happen(SubmissionIntended{"b", {{0, 1}}});                                                  // 6
    Ending failed = ending(Cause::exit_code, 5, 15);
    failed.detail = "exit code 3\nlast words";
    made_.happen(TrialEnded{1, TrialStatus::failed, "exit code 3", failed, {}});  // 7
    made_.happen(TrialEnded{
        0, TrialStatus::completed, {}, ending(Cause::completed, 10, 20), {{"loss", final_step, 1.0, 0.0}}});  // 8
    for (int i = 9; i < 16; ++i) made_.happen(Observed{2, {{"other", i, 1.0}}});                              // 9 .. 15
    made_.happen(SubmissionIntended{"c", {{2, 0}}});                                                          // 16
    made_.happen(JobReported{{2, 0}, JobState::running, {}, {}});                                             // 17
    for (int i = 18; i < 26; ++i) made_.happen(Observed{2, {{"other", i, 1.0}}});  // 18 .. 25
  }

  static RunOptions options() {
    RunOptions run;
    run.trials = 3;
    run.parallel = 2;
    return run;
  }
  MadeExperiment made_{{range("x", 0, 1)}, {"loss", true}, options()};
};

TEST_F(Cluster, AttemptsAreQueuedThenRunInAsFewLanesAsPossible) {
  const std::vector<Stay> stays = stays_of(*made_);

  ASSERT_EQ(stays.size(), 4U);
  EXPECT_EQ(stays[0].submitted, 4 * 60);
  EXPECT_EQ(stays[0].started, 6 * 60);
  EXPECT_EQ(stays[0].ended, 8 * 60);
  EXPECT_EQ(stays[0].fate, Fate::lost);
  EXPECT_EQ(stays[1].fate, Fate::failed);
  EXPECT_EQ(stays[2].fate, Fate::completed);
  EXPECT_EQ(stays[3].fate, Fate::running);
  EXPECT_EQ(stays[3].ended, 25 * 60);
  EXPECT_NE(stays[0].lane, stays[1].lane);
  EXPECT_EQ(stays[3].lane, stays[0].lane);  // free for longest
}

TEST_F(Cluster, TheTimelineHasABarForEachWaitAndEachRun) {
  const Card card = draw_timeline(Subject(*made_));

  const Figure& timeline = card.figures.at(0);
  std::map<std::string, std::size_t> bars;
  for (const Trace& trace : timeline.traces) bars[trace.name] = trace.low.size();
  EXPECT_THAT(bars, ElementsAre(std::pair("completed", 1), std::pair("failed", 1), std::pair("lost, tried again", 1),
                                std::pair("queued", 4), std::pair("running", 1)));
  EXPECT_EQ(timeline.x.title, "time since the experiment began / min");
}

std::map<std::string, std::string> costs_of(const MadeExperiment& made) {
  std::map<std::string, std::string> rows;
  for (const auto& row : show_cluster(Subject(*made)).rows)
    rows[std::get<std::string>(row[0])] = std::get<std::string>(row[1]);
  return rows;
}

TEST_F(Cluster, CostsAreCountedByHand) {
  auto rows = costs_of(made_);

  // 2 + 10 + 10 + 8 minutes of 21 minutes in two slots.
  EXPECT_EQ(rows["utilization (running, of --parallel)"], "71 %");
  EXPECT_EQ(rows["job hours"], "0.5");
  EXPECT_EQ(rows["job hours of attempts that failed or were lost"], "0.2");
  EXPECT_EQ(rows["machines"], "2");
  EXPECT_THAT(rows["queue wait"], HasSubstr("longest 240 s"));
}

/// Three jobs of half an hour: four nodes, two that failed, and nobody knows how many.
TEST(Costs, NodeHoursAreThoseOfWholeNodesAndWhatIsNotKnownStaysApart) {
  MadeExperiment made({range("x", 0, 1)});
  for (int i = 0; i < 3; ++i) made.create({{"x", 0.1 * i}}, "Sobol", false);
  made.happen(SubmissionIntended{"a", {{0, 0}, {1, 0}, {2, 0}}});
  const auto end = [&](int trial, Cause cause, int nodes) {
    Ending half_an_hour = ending(cause, 5, 35);
    half_an_hour.nodes = nodes;
    const bool well = cause == Cause::completed;
    made.happen(TrialEnded{trial,
                           well ? TrialStatus::completed : TrialStatus::failed,
                           {},
                           half_an_hour,
                           {{"loss", final_step, 0.1 * trial, 0.0}}});
  };
  end(0, Cause::completed, 4);
  end(1, Cause::exit_code, 2);
  end(2, Cause::completed, 0);

  auto rows = costs_of(made);

  EXPECT_EQ(rows["node-hours (nodes counted whole, also where shared)"], "3");
  EXPECT_EQ(rows["node-hours of attempts that failed or were lost"], "1");
  EXPECT_EQ(rows["job hours (nodes not known)"], "0.5");
}

/// One trial at a time for half an hour, then four for another, of which two were there.
TEST(Costs, UtilizationIsOfWhatWasAskedForAtEachTime) {
  RunOptions run;
  run.trials = 3;
  run.parallel = 1;
  MadeExperiment made({range("x", 0, 1)}, {"loss", true}, run);                // 0
  for (int i = 0; i < 3; ++i) made.create({{"x", 0.1 * i}}, "Sobol", false);   // 1, 2, 3
  made.happen(SubmissionIntended{"a", {{0, 0}}});                              // 4
  for (int i = 5; i < 34; ++i) made.happen(Observed{0, {{"other", i, 1.0}}});  // 5 .. 33
  run.parallel = 4;
  made.happen(OptionsChanged{run});                        // 34
  made.happen(SubmissionIntended{"b", {{1, 0}, {2, 0}}});  // 35
  for (const auto& [trial, start, stop] : {std::tuple{0, 4, 34}, {1, 35, 64}, {2, 35, 64}}) {
    made.happen(TrialEnded{
        trial, TrialStatus::completed, {}, ending(Cause::completed, start, stop), {{"loss", final_step, 1.0, 0.0}}});
  }

  // 30 + 29 + 29 minutes of 30 times 1 and 30 times 4; with four all the time it would be 37 %.
  EXPECT_EQ(costs_of(made)["utilization (running, of --parallel)"], "59 %");
  const Trace asked_for = draw_timeline(Subject(*made)).figures.at(1).traces.back();
  EXPECT_EQ(asked_for.name, "--parallel");
  EXPECT_THAT(asked_for.x, ElementsAre(0, 34, 64));
  EXPECT_THAT(asked_for.y, ElementsAre(1, 4, 4));
}

TEST_F(Cluster, FailuresAreCountedByCause) {
  const Card card = show_failures(Subject(*made_));

  ASSERT_EQ(card.rows.size(), 2U);
  EXPECT_THAT(card.text, HasSubstr("2 of 4 attempts failed or were lost"));
  EXPECT_THAT(card.rows[0],
              ElementsAre(Value{std::string("exit code")}, Value{std::int64_t{1}}, Value{600.0}, Value{true},
                          Value{std::string("n1")}, Value{std::string("trial 1: exit code 3")}));
  EXPECT_EQ(card.rows[1][3], Value{false});
}

TEST_F(Cluster, WhatTheCoordinatorSaidOfItselfIsShown) {
  const std::string telemetry =
      R"({"host":"login1","pid":1,"started":0,"at":0,"counts":[0,0,0,0,0,0],"live":0,"budget":["1.0 queries/min"],"cpu_seconds":2.5,"peak_memory":20000000})";

  const std::string text = to_text(show_cluster(Subject(*made_, telemetry)));

  EXPECT_THAT(text, HasSubstr("1.0 queries/min"));
  EXPECT_THAT(text, HasSubstr("2.5 s on login1"));
  EXPECT_THAT(text, Not(HasSubstr("CPU of reports")));
  EXPECT_FALSE(show_cluster(Subject(*made_, "{broken")).text.empty());
}

TEST_F(Cluster, WhatCoordinatorsCostIsTheSumOfAll) {
  const std::string telemetry =
      R"({"host":"login2","pid":1,"counts":[0,0,0,0,0,0],"cpu_seconds":2.5,"peak_memory":20000000,"batch_calls":10,)"
      R"("coordinators":3,"all_cpu_seconds":95,"all_batch_calls":1200,"report_seconds":4.5})";

  const std::string text = to_text(show_cluster(Subject(*made_, telemetry)));

  EXPECT_THAT(text, HasSubstr("95 s by 3 one after the other, the last on login2"));
  EXPECT_THAT(text, ContainsRegex("commands of the batch system in all +1200"));
  EXPECT_THAT(text, ContainsRegex("CPU of reports +4.5 s"));
}

TEST(Occupancy, AveragesAreAreasOverWidths) {
  EXPECT_THAT(average_open({{0, 10}, {5, 10}, {2, 3}}, 10, 2), ElementsAre(1.2, 2.0));
  EXPECT_THAT(average_open({{0, 0}}, 0, 2), ElementsAre(0, 0));
}

TEST(ClusterOfTrialsByHand, HasNoCard) {
  MadeExperiment made({range("x", 0, 1)});
  made.complete({{"x", 0.5}}, 1.0);

  EXPECT_TRUE(draw_timeline(Subject(*made)).text.empty());
  EXPECT_TRUE(show_cluster(Subject(*made)).text.empty());
  EXPECT_TRUE(show_failures(Subject(*made)).text.empty());
}

}  // namespace
}  // namespace stune::analysis
