/// \file A coordinator on a fake cluster and a fake clock, with a real journal: killed and made again at will.
#pragma once

#include <memory>

#include "generation/inline_source.hpp"
#include "scheduler/scheduler.hpp"
#include "stune/parameter.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_runner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {

/// The loss of a trial with these parameters: independent of everything else.
inline double loss_of(const Parameterization& p) {
  return (p.number("x") - 0.3) * (p.number("x") - 0.3) + 0.1 * p.number("n");
}

inline Definition small_definition() {
  Definition d;
  d.id = "abc123";
  d.name = "small";
  d.space = SearchSpace({range("x", 0.0, 1.0), integer("n", 1, 4)});
  d.optimization.objectives = {{"loss", true}};
  d.seed = 7;
  d.method = "sobol";
  return d;
}

inline RunOptions options_for(int trials, int parallel) {
  RunOptions o;
  o.trials = trials;
  o.parallel = parallel;
  o.runner = "custom";
  return o;
}

/// An experiment of ten trials, so many of them created and waiting.
inline Experiment begun(int trials = 0) {
  Experiment experiment;
  Sequence next = 1;
  experiment.apply({next++, {}, ExperimentCreated{small_definition(), options_for(10, 2)}});
  for (int i = 0; i < trials; ++i) {
    experiment.apply({next++, {}, TrialCreated{i, small_definition().space.center(), "Sobol", 1, false}});
  }
  return experiment;
}

/// The world that outlives coordinators: folder, clock, cluster.
struct World {
  TemporaryFolder folder;
  FakeClock clock;
  FakeCluster cluster;
  FakeRunnerOptions runner{};

  World() {
    cluster.set_script([](const Job& job) {
      return FakeOutcome{Seconds{10}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
    });
  }
};

/// One process's life.
class Coordinator {
 public:
  explicit Coordinator(World& world, const RunOptions& options = options_for(10, 3),
                       const Definition& definition = small_definition())
      : world_(world),
        journal_(Journal::open(world.folder / "journal.jsonl",
                               [this](const Event& e) {
                                 experiment.apply(e);
                                 source.feed({&e, 1});
                               })),
        ledger_(experiment, journal_, world.clock),
        runner_(world.cluster, world.runner) {
    ledger_.follow(source);
    if (!experiment.exists()) ledger_.commit({ExperimentCreated{definition, options}});
    Workplace workplace;
    workplace.folder = world.folder.path();
    workplace.clock = &world.clock;
    runner_.open(workplace);
  }

  RunSummary run() { return scheduler().run(); }
  RunSummary step() { return scheduler().step(); }
  void commit(std::vector<EventBody> events) { ledger_.commit(std::move(events)); }

  Scheduler scheduler() {
    return Scheduler({world_.folder.path(), experiment, ledger_, runner_, source, metrics, world_.clock, progress,
                      [](TimePoint) {}, nullptr, true});
  }

  Experiment experiment;
  InlineSource source;
  std::vector<std::unique_ptr<Metric>> metrics;
  Progress progress;

 private:
  World& world_;
  Journal journal_;
  Ledger ledger_;
  FakeRunner runner_;
};

}  // namespace stune
