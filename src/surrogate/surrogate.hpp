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
  double mean = 0.0;  ///< median of the belief
  double sem = 0.0;   ///< half the width of its central 68 % interval; without the noise of a measurement
};

/// A Gaussian process fitted to the objective of all completed trials. Immutable.
class Surrogate {
 public:
  /// Nothing where fewer than two completed trials have a finite objective, or where no model fits. O(n^3).
  static std::optional<Surrogate> fit(const Experiment& experiment);
  Surrogate(Surrogate&&) noexcept;
  ~Surrogate();

  /// One belief for each point. Throws ConfigError for a point outside the search space.
  std::vector<Belief> predict(std::span<const Parameterization> points) const;

 private:
  struct Impl;
  explicit Surrogate(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct BestPoint {
  int trial = -1;
  Belief belief;  ///< the model's, or the observed value
};

/// The completed trial that is best by the model's mean (which forgives lucky noise), or by its observed value. Falls
/// back to the observed value where there is no model. Nothing while no trial has completed.
std::optional<BestPoint> best_point(const Experiment& experiment, bool by_model);

}  // namespace stune
