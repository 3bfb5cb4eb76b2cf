// A program that tunes a command on a real Slurm, through what is public.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/session.hpp"
#include "stune/client.hpp"
#include "stune/slurm_runner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

TEST(ClientOnSlurm, RunsACommandAndIsRememberedWithItsOptions) {
  const TemporaryFolder folder;
  Client client;
  client.configure_experiment({.name = "square",
                               .parameters = {range("x", 0.0, 1.0)},
                               .folder = folder / "square.stune",
                               .seed = 1,
                               .command = {.arguments = {"/bin/sh", "-c", "stune metric loss=\"$0\"", "{x}"}}});
  client.configure_optimization({.objective = "-loss"});
  client.configure_runner(std::make_unique<SlurmRunner>(SlurmOptions{.sbatch_options = {"--mem=100M"}}));

  EXPECT_EQ(client.run_trials({.max_trials = 4, .parallelism = 4}), StopReason::finished);

  for (const Trial& trial : client.trials()) EXPECT_EQ(trial.status, TrialStatus::completed) << trial.reason;
  const RunOptions remembered = view(client.folder()).experiment.options();
  EXPECT_EQ(remembered.runner, "slurm");
  EXPECT_THAT(remembered.sbatch_options, testing::ElementsAre("--mem=100M"));
}

}  // namespace
}  // namespace stune
