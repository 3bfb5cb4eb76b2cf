// Commands from C++: the library finds its node program, and the command line can go on with what a program began.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "client/session.hpp"
#include "stune/client.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"
#include "stune/local_runner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

class ClientCommand : public testing::Test {
 protected:
  Client configured(Command command, std::filesystem::path node_program = {}) {
    Client client;
    client.configure_experiment({.name = "square",
                                 .parameters = {range("x", 0.0, 1.0)},
                                 .folder = experiment_,
                                 .seed = 1,
                                 .command = std::move(command),
                                 .node_program = std::move(node_program)});
    client.configure_optimization({.objective = "-loss"});
    client.configure_runner(std::make_unique<LocalRunner>(LocalOptions{.cpus_per_trial = 1}));
    return client;
  }
  /// The message of running `client`, which must leave nothing behind.
  std::string refusal(Client client) {
    try {
      client.run_trials({.max_trials = 1});
    } catch (const ConfigError& error) {
      EXPECT_FALSE(std::filesystem::exists(experiment_));
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
  std::filesystem::path experiment_ = folder_ / "square.stune";
  const Command tells_x_{.arguments = {"/bin/sh", "-c", "stune metric loss=\"$0\"", "{x}"}};
};

TEST_F(ClientCommand, RunsOnThisMachine) {
  Client client = configured(tells_x_);

  EXPECT_EQ(client.run_trials({.max_trials = 6, .parallelism = 2}), StopReason::finished);

  ASSERT_EQ(client.trials().size(), 6U);
  for (const Trial& trial : client.trials()) {
    ASSERT_EQ(trial.status, TrialStatus::completed) << trial.reason;
    EXPECT_EQ(latest(trial, "loss")->mean, trial.parameters.number("x"));
  }
}

TEST_F(ClientCommand, MayBeAScriptWithARelativeName) {
  replace_file(folder_ / "train.sh", "#!/bin/sh\nstune metric loss=$STUNE_x\n");
  Client client = configured({.script = std::filesystem::relative(folder_ / "train.sh")});

  client.run_trials({.max_trials = 2});

  EXPECT_EQ(client.trials().at(1).status, TrialStatus::completed) << client.trials().at(1).reason;
}

TEST_F(ClientCommand, GoesOnFromTheCommandLineWithTheSameRunner) {
  configured(tells_x_).run_trials({.max_trials = 2});

  Session resumed = Session::open(experiment_);
  RunOptions options = resumed.experiment().options();
  EXPECT_EQ(options.runner, "local");
  EXPECT_EQ(options.cpus_per_trial, 1);
  options.trials = 4;
  resumed.change(options);
  Progress silent;

  EXPECT_EQ(resumed.run(silent).reason, StopReason::finished);
  EXPECT_EQ(resumed.experiment().count(TrialStatus::completed), 4);
}

TEST_F(ClientCommand, GoesOnFromTheProgramWithWhatWasSetMeanwhile) {
  configured(tells_x_).run_trials({.max_trials = 2});
  {
    Session session = Session::open(experiment_);
    RunOptions options = session.experiment().options();
    options.on_oom = "retry,2,2";
    session.change(options);
  }

  configured(tells_x_).run_trials({.max_trials = 3});

  EXPECT_EQ(view(experiment_).experiment.options().on_oom, "retry,2,2");
  EXPECT_EQ(view(experiment_).experiment.count(TrialStatus::completed), 3);
}

TEST_F(ClientCommand, IsNeededByTheRunner) {
  EXPECT_THAT(refusal(configured({})), testing::HasSubstr("ExperimentConfig::command"));
}

TEST_F(ClientCommand, ThatIsNotThereIsRefused) {
  EXPECT_THAT(refusal(configured({.script = "/no/such/train.sh"})), testing::HasSubstr("/no/such/train.sh"));
  EXPECT_THAT(refusal(configured(tells_x_, "/no/such/stune-node")), testing::HasSubstr("/no/such/stune-node"));
}

/// The objective comes from a program: only that can read it.
class OwnMetric : public Metric {
 public:
  std::string name() const override { return "loss"; }
  Fetched fetch(int, const Metadata&) override { return std::vector<Observation>{{.metric = "loss", .mean = 1.0}}; }
};

TEST_F(ClientCommand, MeasuredByAProgramIsLeftToThatProgram) {
  {
    Client client = configured(tells_x_);
    std::vector<std::unique_ptr<Metric>> metrics;
    metrics.push_back(std::make_unique<OwnMetric>());
    client.configure_metrics(std::move(metrics));
    client.run_trials({.max_trials = 1});
  }
  Session resumed = Session::open(experiment_);
  Progress silent;

  try {
    resumed.run(silent);
    FAIL() << "nobody measures the objective";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("start that program again"));
  }
}

TEST_F(ClientCommand, ItsOwnHdf5FileIsKnownToTheTrialsSide) {
  Client client = configured({.arguments = {"/bin/true"}});
  const Hdf5Source source{.file = "out.h5", .dataset = "/results/energy"};
  std::vector<std::unique_ptr<Metric>> metrics;
  metrics.push_back(std::make_unique<Hdf5Metric>("loss", source));
  client.configure_metrics(std::move(metrics));

  EXPECT_THROW(client.run_trials({.max_trials = 1}), Error);  // /bin/true writes none

  const auto known = view(experiment_).experiment.definition().metrics;
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].second, source);
  EXPECT_THAT(client.trials().at(0).reason, testing::HasSubstr("did not write"));
}

}  // namespace
}  // namespace stune
