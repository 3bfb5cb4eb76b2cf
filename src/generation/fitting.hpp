/// \file The model a proposal is made with: of the last fit's hyperparameters and outcome transform, or of new ones.
#pragma once

#include <optional>

#include "generation/propose.hpp"
#include "model/feature_map.hpp"
#include "model/regression.hpp"

namespace stune::generation {

/// What a model is made from, and so how much its fit may cost.
enum class Extent : std::uint8_t {
  everything,
  neighbourhood,  ///< of a good point: fitted for every proposal, in a few steps from the last fit
  overview        ///< some of all: the others' fits start from here, so it looks further
};

struct Fitted {
  std::optional<model::Regression> regression;  ///< nothing where no covariance could be factorized
  model::Warp warp = model::Warp::half_rank_log;
  bool refitted = false;
};

/// By the last fit, and by the errors that are known.
double noise_ratio(const Knowledge& known);

/// O(n^2) where the last fit serves and `kept` knows it, else some 30 n^3.
Fitted fitted(const model::FeatureMap& map, const Knowledge& known, const ProposalOptions& options, Extent extent,
              model::KeptCovariance& kept);

}  // namespace stune::generation
