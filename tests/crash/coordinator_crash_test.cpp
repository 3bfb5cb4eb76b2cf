// The coordinator dies at every single write of its journal; whoever comes next finishes the experiment exactly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.hpp"
#include "client/session.hpp"
#include "stune/error.hpp"
#include "stune/parameter.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_runner.hpp"
#include "tests/support/faulty_file.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/folder.hpp"

namespace stune {
namespace {

constexpr int trials = 12;
constexpr int parallel = 3;

/// What outlives coordinators.
struct World {
  TemporaryFolder folder;
  FakeClock clock;
  FakeCluster cluster;

  World() {
    log::set_quiet(true);
    cluster.set_script([](const Job& job) {
      // Some attempts are preempted, so that retries are under way at some of the deaths.
      if (job.id.trial % 5 == 2 && job.id.attempt == 0) return FakeOutcome{Seconds{3}, Cause::preempted, {}, 0, {}};
      const double loss = job.parameters.number("x");
      return FakeOutcome{Seconds{5}, Cause::completed, {{"loss", final_step, loss, 0.0}}, 0, {}};
    });
  }
};

/// One life of the coordinator; Death passes through.
RunSummary live(World& world, Faults& faults) {
  NewExperiment wanted;
  wanted.definition.name = "crash";
  wanted.definition.space = SearchSpace({range("x", 0.0, 1.0), integer("n", 1, 9)});
  wanted.definition.optimization.objectives = {{"loss", true}};
  wanted.definition.seed = 3;
  wanted.definition.command.arguments = {"never run by the fake cluster"};  // but trials get folders
  wanted.options.keep = "best";
  wanted.options.trials = trials;
  wanted.options.parallel = parallel;
  SessionParts parts;
  parts.runner = std::make_unique<FakeRunner>(world.cluster);
  parts.clock = &world.clock;
  parts.open_journal = faulty_files(faults);
  Session session = Session::begin(world.folder / "crash.stune", wanted, std::move(parts));
  Progress silent;
  return session.run(silent);
}

void expect_exact(World& world) {
  const View seen = view(world.folder / "crash.stune");
  EXPECT_EQ(seen.experiment.count(TrialStatus::completed), trials);
  EXPECT_EQ(seen.experiment.trials().size(), static_cast<std::size_t>(trials));
  EXPECT_THAT(numbered_folders(ExperimentFolder(world.folder / "crash.stune").trials()),
              testing::ElementsAre(seen.experiment.best_observed()));
  for (const Trial& trial : seen.experiment.trials()) {
    EXPECT_EQ(trial.observations.size(), 1U);
    for (int attempt = 0; attempt < static_cast<int>(trial.attempts.size()); ++attempt) {
      EXPECT_LE(world.cluster.starts({trial.index, attempt}), 1);
    }
  }
}

int operations_of_an_undisturbed_life() {
  World world;
  Faults none;
  EXPECT_EQ(live(world, none).reason, StopReason::finished);
  expect_exact(world);
  return none.operations();
}

/// True if it died; else it finished.
bool dies(World& world, Faults& faults) {
  try {
    EXPECT_EQ(live(world, faults).reason, StopReason::finished);
    return false;
  } catch (const Death&) {
    return true;
  }
}

TEST(CoordinatorCrash, AfterDeathAtEveryWriteResumeFinishesWithNothingLostOrDoubled) {
  // How many commits a life needs depends on the thread that makes candidates: the last few may not be reached.
  const int operations = operations_of_an_undisturbed_life();
  int deaths = 0;

  for (int fatal = 1; fatal <= operations; ++fatal) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{17}, Faults::everything}) {
      SCOPED_TRACE("death at operation " + std::to_string(fatal) + " after " + std::to_string(bytes) + " bytes");
      World world;
      Faults first;
      first.die_at(fatal, bytes);
      deaths += dies(world, first) ? 1 : 0;
      Faults none;

      EXPECT_FALSE(dies(world, none));
      expect_exact(world);
    }
  }

  EXPECT_GT(deaths, operations * 2);
}

TEST(CoordinatorCrash, ManyLivesInARowEndExactlyToo) {
  World world;
  int lives = 0;

  for (bool finished = false; !finished; ++lives) {
    Faults faults;
    faults.die_at(5 + lives % 4, static_cast<std::size_t>(lives) * 7);
    finished = !dies(world, faults);
    if (!finished) world.clock.advance(Seconds{2});
    ASSERT_LT(lives, 500);
  }

  EXPECT_GT(lives, 5);
  expect_exact(world);
}

TEST(CoordinatorCrash, AFullDiskEndsTheRunWithAMessageAndResumeFinishes) {
  const int operations = operations_of_an_undisturbed_life();

  for (int full = 1; full <= operations; ++full) {
    SCOPED_TRACE("disk full at operation " + std::to_string(full));
    World world;
    Faults faults;
    faults.fail_at(full, 3, 11);
    try {
      live(world, faults);
    } catch (const StorageError& e) {
      EXPECT_EQ(e.code(), ExitCode::storage);
    }
    Faults none;

    EXPECT_EQ(live(world, none).reason, StopReason::finished);
    expect_exact(world);
  }
}

}  // namespace
}  // namespace stune
