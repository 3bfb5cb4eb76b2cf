// Signals and commands that reach an experiment while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace stune::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// Trials that run until they are stopped.
const std::string endless =
    "#!/bin/sh\n#STUNE --param 'x = float(0, 1)' --minimize loss --trials 5 --runner local\nexec sleep 1000\n";

json trials(const Shell& shell) { return json::parse(shell.stune({"status", "--json"}).output)["trials"]; }

TEST(Interrupt, LeavesJobsRunningAndSaysHowToGoOn) {
  for (const int number : {SIGINT, SIGTERM}) {
    const Shell shell;
    shell.write("e.sh", endless);
    Running run({"run", "e.sh"}, shell.path(""));
    ASSERT_TRUE(run.says("Running trials [0]"));

    run.signal(number);
    const Outcome ended = run.finish();
    const json before = trials(shell);
    const Outcome stopped = shell.stune({"stop", "e"});

    EXPECT_EQ(ended.code, 130) << ended.error;
    EXPECT_THAT(ended.output, AllOf(HasSubstr("stune resume e.stune"), HasSubstr("stune stop e.stune")));
    EXPECT_EQ(before["running"].get<int>() + before["pending"].get<int>(), 1);
    EXPECT_EQ(stopped.code, 0) << stopped.error;
    EXPECT_EQ(trials(shell)["running"].get<int>() + trials(shell)["pending"].get<int>(), 0);
  }
}

TEST(Interrupt, AnotherCoordinatorIsRefusedAndNamed) {
  const Shell shell;
  shell.write("e.sh", endless);
  Running run({"run", "e.sh"}, shell.path(""));
  ASSERT_TRUE(run.says("Running trials [0]"));

  const Outcome second = shell.stune({"resume"});

  EXPECT_EQ(second.code, 5);
  EXPECT_THAT(second.error, AllOf(HasSubstr("process "), HasSubstr(" on ")));
  shell.stune({"stop"});
  EXPECT_EQ(run.finish().code, 1);
}

TEST(RunningExperiment, TakesNewOptionsAndStops) {
  const Shell shell;
  shell.write("e.sh", endless);
  Running run({"run", "e.sh"}, shell.path(""));
  ASSERT_TRUE(run.says("Running trials [0]"));

  const Outcome set = shell.stune({"set", "--parallel", "2", "--poll", "30", "--on-timeout", "retry"});
  const bool started = run.says("Running trials [1]");
  const Outcome stop = shell.stune({"stop"});
  const Outcome ended = run.finish();

  EXPECT_EQ(set.code, 0) << set.error;
  EXPECT_THAT(set.output, AllOf(HasSubstr("used from now on: --parallel;"),
                                HasSubstr("used from the next run on: --poll, --on-timeout\n")));
  EXPECT_TRUE(started);
  EXPECT_EQ(stop.code, 0) << stop.error;
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.output, HasSubstr("Stopped"));
  EXPECT_EQ(trials(shell)["running"], 0);
  EXPECT_EQ(json::parse(shell.stune({"status", "--json"}).output)["state"], "stopped");
}

TEST(MaxHours, EndTheRunAndLeaveItsJobsRunning) {
  const Shell shell;
  shell.write("e.sh", endless);

  const Outcome ended = shell.stune({"run", "e.sh", "--max-hours", "0.0001"});
  const json left = trials(shell);
  shell.stune({"stop"});

  EXPECT_EQ(ended.code, 0) << ended.error;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("The time for this run is over"), HasSubstr("stune resume e.stune")));
  EXPECT_EQ(left["running"].get<int>() + left["pending"].get<int>(), 1);
}

}  // namespace
}  // namespace stune::cli
