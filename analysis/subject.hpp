/// \file What analyses look at: an experiment, and what several of them need and is made once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/sensitivity.hpp"
#include "analysis/validation.hpp"
#include "experiment/experiment.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::analysis {

/// The experiment must outlive it.
struct Subject {
  /// Fits the model (O(n^3) for n completed trials, at most Surrogate::most_trials) and asks it what matters and how
  /// good it is. `telemetry`: what the coordinator last wrote of itself (storage/telemetry.hpp), or empty.
  explicit Subject(const Experiment& looked_at, std::string telemetry = {});

  const Experiment& experiment;
  std::string telemetry;
  std::vector<const Trial*> measured;  ///< completed or stopped early, with a finite objective; ascending
  std::optional<Surrogate> surrogate;
  std::optional<Sensitivity> sensitivity;  ///< where the model is not constant
  std::optional<Validation> validation;
  std::optional<BestPoint> best;  ///< by the model, or by observation where there is none

  const Objective& objective() const { return experiment.definition().optimization.objectives.front(); }
  const SearchSpace& space() const { return experiment.definition().space; }
  /// Of the objective; nothing where it was not measured.
  std::optional<double> value(const Trial& trial) const;
  /// Is `a` a better value of the objective than `b`?
  bool better(double a, double b) const { return objective().minimize ? a < b : a > b; }
};

/// The best objective that is known after each of these measured trials, in their order.
std::vector<double> best_so_far(const Experiment& experiment, const std::vector<const Trial*>& measured);
/// Why it ended as it did; of one that goes on, why it was tried again.
std::string reason_of(const Trial& trial);
/// What a trial waited in queues, over all attempts that started; nothing where that is not known.
std::optional<Seconds> queue_wait(const Trial& trial);
/// How long an attempt ran, once it has ended; nothing where that is not known.
std::optional<Seconds> run_time(const Attempt& attempt);
/// How long its last attempt ran, once it has ended; nothing where that is not known.
std::optional<Seconds> run_time(const Trial& trial);
/// How long all its attempts ran together: the last may have gone on from a checkpoint of the one before. Nothing where
/// that is not known of the last, or of another one that started.
std::optional<Seconds> run_time_of_attempts(const Trial& trial);
/// When an attempt started, by the coordinator's clock or else by its machine's.
std::optional<TimePoint> start_of(const Attempt& attempt);

}  // namespace stune::analysis
