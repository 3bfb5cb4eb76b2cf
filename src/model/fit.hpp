/// \file Maximum a posteriori hyperparameters. Deterministic: no random restarts; the starts are the defaults, if given
/// an earlier result (warm start), and a third one where that found noise.
#pragma once

#include <cstdint>
#include <optional>

#include "model/likelihood.hpp"

namespace stune::model {

/// How the best of the searches ended; limit: before a maximum was found, for want of steps or of a step that helps.
enum class FitOutcome : std::uint8_t { converged, limit, failed };

struct FitOptions {
  bool default_start = true;        ///< search from the defaults also when there is a warm start
  bool quiet_start = true;          ///< where the warm start has noise, search also from none and short lengthscales
  int max_iterations = 100;         ///< per start
  double relative_decrease = 1e-7;  ///< a search ends when a step gains less
  HyperparameterBounds bounds;      ///< searches stay in this box
};

struct FitResult {
  FitOutcome outcome = FitOutcome::failed;
  Hyperparameters theta;  ///< usable unless failed; then the warm start or the defaults, unfitted
  double value = 0.0;     ///< minus log posterior per observation
  double jitter = 0.0;    ///< what the covariance needed on its diagonal at theta
  int evaluations = 0;    ///< of the likelihood, all starts
  bool from_warm_start = false;
};

/// Fits n >= 1 observations. A search costs about 15 to 40 evaluations of n^3 flops. Throws nothing; a failure is a
/// result.
FitResult fit(const FeatureMap& map, const Observations& data, const std::optional<Hyperparameters>& warm_start,
              const FitOptions& options);

}  // namespace stune::model
