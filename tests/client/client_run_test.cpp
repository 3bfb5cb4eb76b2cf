#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/clock.hpp"
#include "storage/requests.hpp"
#include "stune/client.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

/// What the user's system does and sees; outlives the runner.
struct Bench {
  int polls_wanted = 1;  ///< of a trial, until it has completed; -1: it never does
  std::map<int, int> polls;
  std::vector<int> stopped;
};

class BenchRunner : public TrialRunner {
 public:
  explicit BenchRunner(Bench& bench) : bench_(bench) {}
  Metadata run_trial(int, const Parameterization&) override { return {}; }
  TrialStatus poll_trial(int trial, const Metadata&) override {
    return ++bench_.polls[trial] == bench_.polls_wanted ? TrialStatus::completed : TrialStatus::running;
  }
  void stop_trial(int trial, const Metadata&) override { bench_.stopped.push_back(trial); }

 private:
  Bench& bench_;
};

class NamedMetric : public Metric {
 public:
  explicit NamedMetric(std::string name, double value = 1.0) : name_(std::move(name)), value_(value) {}
  std::string name() const override { return name_; }
  Fetched fetch(int trial, const Metadata&) override {
    return std::vector<Observation>{{.metric = name_, .mean = value_ + trial}};
  }

 private:
  std::string name_;
  double value_;
};

/// Does something once trials have started.
class OnStart : public Progress {
 public:
  explicit OnStart(std::function<void()> action) : action_(std::move(action)) {}
  void trials_started(std::span<const int>) override { action_(); }

 private:
  std::function<void()> action_;
};

class ClientRun : public testing::Test {
 protected:
  Client configured(const std::string& metric = "loss", double value = 1.0) {
    Client client;
    client.configure_experiment(
        {.name = "bench", .parameters = {range("x", 0.0, 1.0)}, .folder = folder_ / "bench.stune", .seed = 3});
    client.configure_optimization({.objective = "-loss"});
    client.configure_runner(std::make_unique<BenchRunner>(bench_));
    std::vector<std::unique_ptr<Metric>> metrics;
    metrics.push_back(std::make_unique<NamedMetric>(metric, value));
    client.configure_metrics(std::move(metrics));
    return client;
  }

  TemporaryFolder folder_;
  Bench bench_;
  OrchestrationConfig quick_{.max_trials = 3, .parallelism = 2, .initial_seconds_between_polls = 0.001};
};

TEST_F(ClientRun, SaysThatAllTrialsAreIn) {
  Client client = configured();

  EXPECT_EQ(client.run_trials(quick_), StopReason::finished);
  EXPECT_EQ(client.trials().size(), 3U);
}

TEST_F(ClientRun, SaysThatSomebodyHasStoppedIt) {
  bench_.polls_wanted = -1;
  Client client = configured();
  OnStart stop([&] { write_request(client.folder(), StopRequest{{}, "typed"}, SystemClock().now()); });

  EXPECT_EQ(client.run_trials(quick_, &stop), StopReason::stopped);
  EXPECT_THAT(bench_.stopped, testing::UnorderedElementsAre(0, 1));
}

TEST_F(ClientRun, GoesOnAfterAStopWhenItIsCalledAgain) {
  bench_.polls_wanted = -1;
  Client client = configured();
  OnStart stop([&] { write_request(client.folder(), StopRequest{{}, "typed"}, SystemClock().now()); });
  client.run_trials(quick_, &stop);
  bench_.polls_wanted = 1;

  EXPECT_EQ(client.run_trials(quick_), StopReason::finished);
}

TEST_F(ClientRun, IsInterruptedByAnotherThreadAndLeavesTheJobs) {
  bench_.polls_wanted = -1;
  Client client = configured();
  std::jthread other;
  OnStart interrupt([&] {
    if (!other.joinable()) other = std::jthread([&] { client.interrupt(); });
  });

  EXPECT_EQ(client.run_trials(quick_, &interrupt), StopReason::interrupted);
  EXPECT_TRUE(bench_.stopped.empty());
  EXPECT_EQ(client.trials().at(0).status, TrialStatus::running);
}

TEST_F(ClientRun, AnInterruptEndsOneRun) {
  Client client = configured();
  client.interrupt();

  EXPECT_EQ(client.run_trials(quick_), StopReason::interrupted);
  EXPECT_EQ(client.run_trials(quick_), StopReason::finished);
}

// With the runner's own intervals, a second and growing, this would take longer than the test may.
TEST_F(ClientRun, AsksATrialRunnerAsOftenAsItIsTold) {
  bench_.polls_wanted = 300;
  Client client = configured();
  quick_.seconds_between_polls_backoff_factor = 1.0;

  EXPECT_EQ(client.run_trials(quick_), StopReason::finished);
}

TEST_F(ClientRun, ATrialRunnerNeedsAMetricOfTheObjective) {
  Client client = configured("los");

  try {
    client.run_trials(quick_);
    FAIL() << "nobody measures the objective";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("configure_metrics first, with one of the name loss"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "bench.stune"));
}

TEST_F(ClientRun, AMetricWithoutANumberFailsTrialsWithAReason) {
  Client client = configured("loss", std::nan(""));

  EXPECT_THROW(client.run_trials(quick_), Error);

  EXPECT_EQ(client.trials().at(0).status, TrialStatus::failed);
  EXPECT_EQ(client.trials().at(0).reason, "the trial reported loss = nan");
}

}  // namespace
}  // namespace stune
