/// \file Composes everything: an experiment's folder with its journal, lock, runner, generator and scheduler.
/// The command line and stune::Client are both thin layers above this.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "base/file.hpp"
#include "experiment/experiment.hpp"
#include "scheduler/summary.hpp"
#include "storage/telemetry.hpp"
#include "stune/metric.hpp"
#include "stune/runner.hpp"

namespace stune {

class Wakeup;

/// What a caller supplies instead of the defaults.
struct SessionParts {
  std::unique_ptr<Runner> runner;  ///< else the one that RunOptions::runner names
  std::function<std::unique_ptr<Runner>(const RunOptions&)> make_runner;  ///< of the name; else make_runner()
  std::vector<std::unique_ptr<Metric>> metrics;  ///< else, for each of Definition::metrics, an Hdf5Metric
  std::filesystem::path node_program;            ///< else, where there is a command, find_node_program()
  bool take_over = false;                        ///< another host's lock is taken without watching it
  std::string job;                               ///< of the batch system, which this process is; empty: none
  std::string ended_job;   ///< of the batch system, which has ended: its lock is taken, whatever its process does
  Clock* clock = nullptr;  ///< else the system's
  std::function<std::unique_ptr<AppendFile>(const std::filesystem::path&)> open_journal;  ///< else open_append_file
  std::function<std::vector<std::string>(TimePoint)> budget;  ///< what is asked of the batch system beside the runner
};

/// What an experiment is to be. `definition.id` is filled in; so is `definition.command.script`, by a copy in the
/// folder.
struct NewExperiment {
  Definition definition;
  RunOptions options;
  Environment environment;     ///< that trials start with
  bool keeps_options = false;  ///< where it has begun already, its own options hold
};

/// The owner of an experiment's folder: holds its lock, is the only writer of its journal.
class Session {
 public:
  /// Creates the folder or, where it exists, opens it and checks that it is the same experiment (ConfigError telling
  /// what differs; nothing is changed then). Options that differ are journaled.
  static Session begin(const std::filesystem::path& folder, NewExperiment wanted, SessionParts parts = {});
  /// Opens what is there. Throws ConfigError if it is no experiment, StorageError if it is owned or damaged.
  static Session open(const std::filesystem::path& folder, SessionParts parts = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  const Experiment& experiment() const;
  const std::filesystem::path& folder() const;
  /// Notices of opening (a torn line cut off, a lock taken over).
  const std::vector<std::string>& notices() const;

  /// What this coordinator and those before it have cost up to now.
  Costs costs() const;
  /// A report was written that took this much of a processor: the next coordinator knows it, too.
  void add_report(double cpu_seconds);
  /// Journals the options if they differ from the current ones, and lifts an earlier stop: one that was journaled, or
  /// that lies among the requests and was never served (a notice tells of it).
  void change(const RunOptions& options);
  /// Counts the lock up where it is time to. run() does; whoever owns the folder without running must, too, or after a
  /// minute of silence another machine takes it for dead.
  void beat();
  /// Does what commands have asked of the owner, as run() does between rounds.
  void serve();
  /// Rounds until the experiment is finished; `interrupt` ends it between rounds. Blocks.
  RunSummary run(Progress& progress, const Wakeup* interrupt = nullptr);
  /// Rounds until nothing is due soon. Blocks for seconds.
  RunSummary step(Progress& progress, const Wakeup* interrupt = nullptr);

  /// New trials for somebody who runs them by hand; fewer if the space is exhausted. They are running at once.
  std::vector<int> ask(int count);
  /// A trial of the user's own: running at once, or (not `manual`) waiting for run().
  int attach(const Parameterization& parameters, bool manual = true);
  /// Partial results of a trial that goes on.
  void observe(int trial, std::vector<Observation> observations);
  /// Ends a trial that runs by hand. completed needs the objective (ConfigError otherwise); where that is not a finite
  /// number, the trial has failed.
  void end(int trial, TrialStatus status, std::vector<Observation> observations, const std::string& reason = {});
  /// Cancels one trial (or all with -1): jobs are stopped and their ends awaited.
  RunSummary stop(int trial, Progress& progress);

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// An experiment as its journal tells, read without the lock, safe beside a running coordinator.
struct View {
  Experiment experiment;
  std::string owner;                ///< "process 123 on host" that runs it, or may; empty: nobody
  bool owner_is_elsewhere = false;  ///< on another machine: whether it still lives cannot be known from here
  Seconds owner_silent{0};          ///< since it last counted in its lock, by two machines' clocks: a hint
  std::string telemetry;            ///< JSON as the owner last wrote it; empty: none
  bool torn = false;                ///< the last line is incomplete (being written, or cut by a crash)
};
/// Throws ConfigError if `folder` is no experiment, StorageError if it is damaged.
View view(const std::filesystem::path& folder);
/// The same; nothing if there is no journal yet, or one whose writer died before it wrote what the experiment is.
std::optional<View> view_if_begun(const std::filesystem::path& folder);

/// The folder of an experiment as users name it: train.stune/, train.stune or train. Throws ConfigError listing the
/// experiments of the current folder.
std::filesystem::path find_experiment(const std::string& name);

}  // namespace stune
