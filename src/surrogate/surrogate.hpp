/// \file From an experiment to a model and back, in the user's words and units.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune {

/// The model's belief about the objective at one point, in the user's units.
struct Belief {
  double mean = 0.0;             ///< median of the belief
  double sem = 0.0;              ///< half the width of its central 68 % interval
  double low = 0.0, high = 0.0;  ///< its central 95 % interval
};

/// What all other trials let expect of this one's measurement.
struct LeftOut {
  int trial = -1;
  double observed = 0.0;
  Belief belief;  ///< the noise of a measurement included
};

/// A Gaussian process fitted to the objective of the measured trials: of all up to `most_trials`, beyond that of the
/// best quarter of so many and an even spread over the others. Immutable, cheap to copy. Beliefs are about the
/// objective without the noise of a measurement, where nothing else is said.
class Surrogate {
 public:
  static constexpr std::size_t most_trials = 1000;

  /// Nothing where there are fewer than two measured trials, or where no model fits. O(n^3).
  static std::optional<Surrogate> fit(const Experiment& experiment);

  /// One belief for each point. Throws ConfigError for a point outside the search space.
  std::vector<Belief> predict(std::span<const Parameterization> points) const;
  /// The same for valid points as SearchSpace::encode() gives them, one after the other. O(n^2) each.
  std::vector<Belief> predict_encoded(std::span<const double> points) const;
  /// Their means only. O(n) each.
  std::vector<double> means(std::span<const double> points) const;
  /// One for each of trials(); with the hyperparameters of the whole. O(n^3).
  std::vector<LeftOut> leave_one_out() const;

  /// The trials it was made from, ascending.
  const std::vector<int>& trials() const;
  /// Variance of a measurement's noise, as a part of all variance it sees: 0 is none, 1 is nothing else.
  double noise_share() const;

 private:
  struct Impl;
  explicit Surrogate(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

/// Trials that a model is made from: completed or stopped early, with a finite objective. Ascending.
std::vector<const Trial*> measured_trials(const Experiment& experiment);

struct BestPoint {
  int trial = -1;
  Belief belief;  ///< the model's, or the observed value
};

/// The completed trial that is best by the model's mean less one standard error (which forgives lucky noise, and
/// prefers what is known), or by its observed value. Falls back to the observed value where there is no model. Nothing
/// while no trial has completed.
std::optional<BestPoint> best_point(const Experiment& experiment, bool by_model);
/// By this model; by observation where it is null.
std::optional<BestPoint> best_point(const Experiment& experiment, const Surrogate* model);

}  // namespace stune
