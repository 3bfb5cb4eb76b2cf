/// \file Where trials run. The scheduler knows this header only; implementations are in runners/.
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stune/trial.hpp"

namespace stune {

class Clock;
class Commands;

/// What every trial of an experiment runs: a script (run by its own shebang) or a program with arguments in which
/// {name} stands for the parameter's value. Values are data: nothing passes through a shell.
struct Command {
  std::filesystem::path script{};  ///< absolute; empty: `arguments` is the command
  std::vector<std::string> arguments{};

  bool operator==(const Command&) const = default;
};

/// What a runner and a metric need to know of the experiment, given once in open(). References outlive the runner.
struct Workplace {
  std::filesystem::path folder{};             ///< of the experiment, absolute, exists
  std::filesystem::path working_directory{};  ///< where trials run, as with sbatch; empty: each in its trial's folder
  std::string experiment_id{};                ///< unique; begins every token
  std::string experiment_name{};
  Command command{};
  std::map<std::string, std::string> environment{};   ///< that attempts start with (saved when the experiment began)
  std::vector<std::filesystem::path> metric_files{};  ///< written by the application itself; may hold {trial}
  Seconds trial_time_limit{0};                        ///< 0: none
  double time_factor = 1.0;                           ///< of all time limits, for each Job::more_time; 1: never granted
  double memory_factor = 1.0;                         ///< of the memory, for each Job::more_memory; 1: never granted
  Clock* clock = nullptr;
  Commands* commands = nullptr;
};

/// One attempt to be run.
struct Job {
  AttemptId id{};
  Parameterization parameters{};
  int more_time = 0;                       ///< how often a longer time limit was granted
  std::vector<std::string> avoid_hosts{};  ///< that failed lately
  std::optional<Metadata> metadata{};      ///< as last reported; only when adopting
  int more_memory = 0;                     ///< how often more memory was granted
};

/// One call to the batch system: journaled with its unique token before submit() sees it.
struct Submission {
  std::string token{};
  std::vector<Job> jobs{};
};

/// News of one attempt.
struct JobReport {
  AttemptId id{};
  JobState state = JobState::unknown;
  std::optional<Ending> ending{};           ///< exactly when state is ended
  std::optional<Metadata> metadata{};       ///< when it changed
  std::vector<Observation> observations{};  ///< partial or final results that came with the news
  std::string detail{};                     ///< for people: why pending, why deferred
};

/// Places attempts. Not thread-safe: one owner, one thread. No call blocks (outcomes are reports) or throws because of
/// a job; RunnerError means that no job can run here at all (the run ends with its message). Calls may be repeated
/// without harm. Destruction leaves jobs alone.
class Runner {
 public:
  virtual ~Runner() = default;
  /// How the experiment remembers it: local, slurm or mpi, which `stune resume` and `stune stop` can make again, or
  /// custom, which they leave to the program that it comes from.
  virtual std::string name() const { return "custom"; }
  /// What the experiment remembers beside the name, so that `stune resume` makes the same again: options by the names
  /// that they have in the journal ("cpus_per_trial"), as text; a list as JSON.
  virtual std::map<std::string, std::string> remembered() const { return {}; }
  /// Once, before anything else. Throws RunnerError if it cannot work here, saying what to do.
  virtual void open(const Workplace& workplace) = 0;
  /// How many jobs it would take now; never negative.
  virtual int capacity() const = 0;
  /// Most jobs in one submission.
  virtual int max_batch() const { return 1; }
  /// Jobs of equal keys may share a submission. Pure.
  virtual std::string batch_key(const Job&) const { return {}; }
  /// Takes the jobs, whose trials' folders exist where there is a command; each is reported as pending, running,
  /// deferred, absent or ended later.
  virtual void submit(std::vector<Submission> submissions) = 0;
  /// After a restart: takes up again what an earlier process submitted or meant to submit, by token or metadata.
  /// Never submits. What never started is fenced and reported as absent.
  virtual void adopt(std::vector<Submission> submissions) = 0;
  /// Asks the attempts to end. Idempotent; the end still arrives as a report.
  virtual void stop(std::span<const AttemptId> ids) = 0;
  /// All news since the last call; each change once. Costs O(changes), not O(jobs), where the world allows it.
  virtual std::vector<JobReport> poll(TimePoint now) = 0;
  /// A descriptor that is readable when poll() has news, or -1. Owned by the runner; stays the same.
  virtual int wake_fd() const { return -1; }
  /// poll() by then even if the descriptor is silent.
  virtual TimePoint next_poll() const = 0;
  /// How long what a trial wrote on another machine may stay unseen here: a result is not missing before.
  virtual Seconds visibility_delay() const { return Seconds{5}; }
  /// For people, one line each: what it has asked of the batch system, and how that went.
  virtual std::vector<std::string> budget(TimePoint) const { return {}; }
  /// An answer is due within seconds: a single step waits for it.
  virtual bool busy() const { return false; }
  /// The run is to end before the experiment does: takes no job from now on. True while results are on their way that
  /// no later run could find; the loop goes on until then.
  virtual bool wind_down() { return false; }
};

inline constexpr int unlimited = std::numeric_limits<int>::max();

}  // namespace stune
