/// \file Which parameters matter to the model, over the whole search space.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/sobol_indices.hpp"
#include "experiment/search_space.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::analysis {

/// Inputs are the tuned parameters, all values of each equally likely: evenly over its range or, with a logarithmic
/// scale, over its orders of magnitude; steps and integers as a continuous value that is rounded; choices one by one.
struct Sensitivity {
  SobolIndices indices;            ///< of the model's mean, in the objective's units
  std::vector<std::size_t> order;  ///< of the tuned parameters by total index, the largest first
  int samples = 0;
  /// Of all variance over the search space, the part that is the model's own doubt, in [0, 1]: trials gather where it
  /// is good, and elsewhere a model that foretells them well may know little.
  double doubt = 0.0;
};

/// About a second at most; nothing where the model is constant.
std::optional<Sensitivity> measure_sensitivity(const Surrogate& surrogate, const SearchSpace& space);

/// The point of the search space (SearchSpace::encode) for a point of the unit cube, as described above.
std::vector<double> from_cube(const SearchSpace& space, std::span<const double> cube);

}  // namespace stune::analysis
