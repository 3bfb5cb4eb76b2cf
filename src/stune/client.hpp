/// \file The tutorial's workflow from C++: configure, run, look at the result.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stune/card.hpp"
#include "stune/metric.hpp"
#include "stune/objective.hpp"
#include "stune/parameter.hpp"
#include "stune/progress.hpp"
#include "stune/runner.hpp"
#include "stune/trial_runner.hpp"

namespace stune {

struct ExperimentConfig {
  std::string name{};
  std::vector<Parameter> parameters{};
  std::string description{};
  std::filesystem::path folder{};  ///< empty: <name>.stune in the current folder
  std::uint64_t seed = 0;          ///< equal seeds give equal trials
  Command command{};               ///< for the runners that run commands
};

struct OptimizationOptions {
  std::string objective{};  ///< "accuracy" maximizes, "-loss" minimizes
  std::vector<std::string> outcome_constraints{};
};

struct OrchestrationConfig {
  int max_trials = 0;  ///< in all, over all runs: a second call finishes what a first began
  int parallelism = 1;
  double tolerated_trial_failure_rate = 0.5;
  double initial_seconds_between_polls = 1;
};

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
class Client {
 public:
  Client();
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  void configure_experiment(ExperimentConfig config);
  void configure_optimization(const OptimizationOptions& options);
  void configure_runner(std::unique_ptr<Runner> runner);
  void configure_runner(std::unique_ptr<TrialRunner> runner);
  void configure_metrics(std::vector<std::unique_ptr<Metric>> metrics);

  /// Blocks until `max_trials` trials are in (or the search space is exhausted). Throws Error when too many fail.
  void run_trials(OrchestrationConfig config, Progress* progress = nullptr);

  /// Ask: new trials, running from now on. Fewer than asked for if the space is exhausted.
  std::map<int, Parameterization> get_next_trials(int max_trials);
  /// Tell: results of a trial that is now completed (or, without the objective, failed).
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
