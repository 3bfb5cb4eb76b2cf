/// \file The tutorial's workflow from C++: configure, run, look at the result.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stune/card.hpp"
#include "stune/configuration.hpp"
#include "stune/metric.hpp"
#include "stune/progress.hpp"
#include "stune/runner.hpp"
#include "stune/trial_runner.hpp"

namespace stune {

/// A measured value as it is told: mean, and standard error if known.
struct Measured {
  double mean = 0.0;
  std::optional<double> sem{};
};
using RawData = std::map<std::string, Measured>;

struct Prediction {
  double mean = 0.0;
  double sem = 0.0;
};

struct BestTrial {
  int trial = -1;
  Parameterization parameters{};
  std::map<std::string, Prediction> outcome{};  ///< the model's, or the observed ones
};

/// Owns the experiment's folder: everything said and measured is safe there, and a program that is started again goes
/// on where it was. Not thread-safe. Methods throw stune::Error with a message for people; out of order calls say what
/// is missing. Destruction leaves jobs alone.
///
/// Once the experiment has begun, every call shows other machines that its owner lives, and those that are not const do
/// what commands such as `stune stop` have asked for meanwhile. Between calls nothing is done: commands wait, and after
/// a minute without a call a command on another machine (not on this one) may take the experiment over, which the next
/// call that writes tells with a StorageError. Who pauses for long calls trials() now and then.
class Client {
 public:
  Client();
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  void configure_experiment(ExperimentConfig config);
  void configure_optimization(const OptimizationOptions& options);
  /// LocalRunner, SlurmRunner and MpiRunner are remembered by name, so that `stune resume` can go on with commands.
  void configure_runner(std::unique_ptr<Runner> runner);
  void configure_runner(std::unique_ptr<TrialRunner> runner);
  /// Needed with a TrialRunner. With other runners, an objective without a metric is read from $STUNE_METRICS or what
  /// `stune metric` told.
  void configure_metrics(std::vector<std::unique_ptr<Metric>> metrics);

  /// Blocks until `max_trials` trials are in, and says so (finished); or earlier, where the search space is exhausted,
  /// somebody has typed `stune stop` (running jobs are cancelled), interrupt() was called, or a time limit has passed.
  /// The next call goes on, also after a stop. Throws Error when too many trials fail.
  StopReason run_trials(OrchestrationConfig config, Progress* progress = nullptr);
  /// Ends run_trials() between two rounds and leaves jobs running; the next one, if none runs now. The only method for
  /// other threads and signal handlers (this library handles no signals), as long as the client is not moved or
  /// destroyed. A TrialRunner's method that blocks ends first.
  void interrupt() noexcept;

  /// Ask: new trials, running from now on. Fewer than asked for if the space is exhausted; none once somebody has typed
  /// `stune stop`, until the program is started again.
  std::map<int, Parameterization> get_next_trials(int max_trials);
  /// Tell: results of a trial that is now completed or, without a finite value of the objective, failed.
  TrialStatus complete_trial(int trial, const RawData& data, std::int64_t progression = -1);
  void attach_data(int trial, const RawData& data, std::int64_t progression = -1);
  int attach_trial(const Parameterization& parameters);
  void mark_trial_failed(int trial, const std::string& reason = {});
  void mark_trial_abandoned(int trial, const std::string& reason = {});

  /// The best trial by the model's prediction at the observed points, or by raw observations.
  BestTrial get_best_parameterization(bool use_model_predictions = true) const;
  std::vector<std::map<std::string, Prediction>> predict(const std::vector<Parameterization>& points) const;
  std::vector<Card> compute_analyses() const;
  /// All cards as one HTML page that needs nothing else; empty: report.html in the experiment's folder.
  void write_report(const std::filesystem::path& file = {}) const;
  const std::vector<Trial>& trials() const;
  const std::filesystem::path& folder() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stune
