/// \file Trials on the worker ranks of an MPI run: rank 0 coordinates, every other rank evaluates.
///
///     int main(int argc, char** argv) {
///       stune::MpiWorld world(argc, argv);
///       const auto function = [](const stune::Parameterization& p, stune::MpiTrial&) -> stune::MpiResults {
///         return {{"loss", p.number("x") * p.number("x")}};
///       };
///       if (world.is_worker()) return world.work(function);
///       stune::Client client;                                    // configure_experiment() and so on, as always
///       client.configure_runner(std::make_unique<stune::MpiRunner>(world));
///       client.run_trials({.max_trials = 100, .parallelism = world.workers()});
///     }
///
/// In component stune::mpi. Needs no <mpi.h>: a communicator is the integer that MPI_Comm_f2c() takes.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "stune/runner.hpp"

namespace stune {

/// What a function on a worker rank can ask and tell while it evaluates.
class MpiTrial {
 public:
  virtual ~MpiTrial() = default;
  virtual AttemptId id() const = 0;
  /// A point of a progression, or with `final_step` a final value with its standard error. Only the first of the
  /// trial's ranks is heard.
  virtual void report(const std::string& metric, std::int64_t step, double mean,
                      double sem = std::numeric_limits<double>::quiet_NaN()) = 0;
  /// True once nobody wants the rest: return soon, with anything.
  virtual bool stop_asked() = 0;
  /// Of the trial's ranks alone. With one rank per trial it holds that rank.
  virtual int communicator() const = 0;
};

using MpiResults = std::map<std::string, double>;  ///< final values by metric
/// What it throws fails the trial with the exception's message.
using MpiFunction = std::function<MpiResults(const Parameterization&, MpiTrial&)>;

struct MpiOptions {
  int ranks_per_trial = 1;           ///< so many neighbouring ranks evaluate one trial together
  int cpus_per_trial = 0;            ///< 0: the cores of a node are shared out among its workers
  int gpus_per_trial = 0;            ///< 0: shared out where there is one for each worker, else as the environment says
  bool inherit_environment = false;  ///< commands see the variables of the MPI launcher, too
  Seconds short_trial{1};            ///< a worker has its next trial at hand while trials take less than this; 0: never
  Seconds worker_patience{30};       ///< a worker that is silent for so long is given up
  /// The same for one that evaluates a function, which is heard only when the function calls report() or stop_asked()
  /// or returns; 0: never. A rank's death is noticed at once on rank 0's node, and elsewhere when another rank of its
  /// node is heard; the death of a whole node that evaluates functions only by this or by the trials' time limit.
  Seconds function_patience{0};
  Seconds stop_grace{10};  ///< from being asked to end to being ended
};

/// This process as a rank. One in a process, made before anything that starts threads. Calls MPI_Init_thread with
/// MPI_THREAD_FUNNELED: candidates are computed by a second thread, which never calls MPI. Throws RunnerError.
class MpiWorld {
 public:
  MpiWorld(int& argc, char**& argv);
  /// Rank 0: workers start nothing new; waits until what they run has ended. All: MPI_Finalize.
  ~MpiWorld();
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  bool is_worker() const;
  int workers() const;  ///< ranks but rank 0
  /// Evaluates trials until rank 0 ends; blocks. Without a function, trials are the experiment's command. The exit code
  /// of the process.
  int work(const MpiFunction& function = {});
  /// From a signal handler of a worker: what runs ends in peace, nothing new is started.
  static void wind_down() noexcept;

  class Channel;
  Channel& channel() const { return *channel_; }

 private:
  std::unique_ptr<Channel> channel_;
};

/// On rank 0. `world` outlives it. Commands run below the node program, as everywhere: what an earlier run of any kind
/// left is found again. A function's trials die with their rank and are tried again.
class MpiRunner : public Runner {
 public:
  explicit MpiRunner(MpiWorld& world, MpiOptions options = {});
  ~MpiRunner() override;
  std::string name() const override { return "mpi"; }
  std::map<std::string, std::string> remembered() const override;
  Seconds visibility_delay() const override { return Seconds{60}; }
  void open(const Workplace& workplace) override;
  int capacity() const override;
  void submit(std::vector<Submission> submissions) override;
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint now) override;
  int wake_fd() const override;
  TimePoint next_poll() const override;
  bool busy() const override;
  /// Functions that are being evaluated are waited for: their results would be lost.
  bool wind_down() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stune
