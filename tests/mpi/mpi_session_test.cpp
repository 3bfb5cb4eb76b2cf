// An experiment whose trials are functions on worker ranks, in one process after another. Start it with mpirun -n 3.
#include <gmock/gmock.h>
#include <time.h>

#include "base/clock.hpp"
#include "base/wakeup.hpp"
#include "client/session.hpp"
#include "stune/mpi_runner.hpp"
#include "stune/progress.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

MpiWorld* world = nullptr;

MpiResults lose_time(const Parameterization& parameters, MpiTrial&) {
  const timespec a_while{0, 200'000'000};
  ::nanosleep(&a_while, nullptr);
  return {{"loss", parameters.number("x")}};
}

NewExperiment wanted(int trials) {
  NewExperiment wanted;
  wanted.definition.name = "functions";
  wanted.definition.space = SearchSpace({range("x", 0.0, 1.0)});
  wanted.definition.optimization.objectives = {{"loss", true}};
  wanted.definition.metrics = {{"loss", {}}};
  wanted.definition.method = "sobol";
  wanted.options.trials = trials;
  wanted.options.parallel = 2 * world->workers();
  wanted.options.runner = "custom";
  return wanted;
}

SessionParts on_ranks() {
  SessionParts parts;
  parts.runner = std::make_unique<MpiRunner>(*world);
  return parts;
}

/// As somebody who interrupts when some trials have ended and others run.
class Impatient : public Progress {
 public:
  void update(const ProgressSnapshot& snapshot) override {
    if (snapshot.completed >= 5 && snapshot.running > 0) interrupt.notify();
  }
  Wakeup interrupt;
};

TEST(MpiSession, AnInterruptedRunKeepsTheResultsOfWhatRanAndTheNextOneGoesOn) {
  const TemporaryFolder folder;
  Impatient impatient;
  {
    Session session = Session::begin(folder / "functions.stune", wanted(30), on_ranks());
    EXPECT_EQ(session.run(impatient, &impatient.interrupt).reason, StopReason::interrupted);

    for (const Trial& trial : session.experiment().trials()) {
      for (const Attempt& attempt : trial.attempts) EXPECT_NE(attempt.state, JobState::running) << trial.index;
    }
    EXPECT_GT(session.experiment().count(TrialStatus::completed), 5);
    EXPECT_LT(session.experiment().count(TrialStatus::completed), 30);
  }
  Progress silent;
  Session session = Session::open(folder / "functions.stune", on_ranks());

  EXPECT_EQ(session.run(silent).reason, StopReason::finished);

  EXPECT_EQ(session.experiment().count(TrialStatus::completed), 30);
  for (const Trial& trial : session.experiment().trials()) {
    EXPECT_EQ(trial.attempts.back().ending->cause, Cause::completed);
    EXPECT_THAT(trial.attempts, testing::SizeIs(1)) << "trial " << trial.index << " was evaluated for nothing";
  }
}

TEST(MpiSession, WhatARunnerWasGivenIsKeptForWhoeverResumes) {
  const TemporaryFolder folder;
  NewExperiment commands = wanted(4);
  commands.definition.command.arguments = {"/bin/true"};
  commands.definition.working_directory = folder.path();
  SessionParts parts;
  parts.node_program = "/bin/true";  // never started
  parts.runner = std::make_unique<MpiRunner>(
      *world, MpiOptions{.ranks_per_trial = 2, .cpus_per_trial = 1, .inherit_environment = true});
  Session::begin(folder / "commands.stune", commands, std::move(parts));

  const RunOptions options = Session::open(folder / "commands.stune").experiment().options();

  EXPECT_EQ(options.runner, "mpi");
  EXPECT_EQ(options.ranks_per_trial, 2);
  EXPECT_EQ(options.cpus_per_trial, 1);
  EXPECT_EQ(options.trial_env, "inherit");
}

}  // namespace
}  // namespace stune

int main(int argc, char** argv) {
  stune::MpiWorld ranks(argc, argv);
  if (ranks.is_worker()) return ranks.work(stune::lose_time);
  testing::InitGoogleMock(&argc, argv);
  stune::world = &ranks;
  return RUN_ALL_TESTS();
}
