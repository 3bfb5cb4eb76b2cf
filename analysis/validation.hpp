/// \file How well the model foretells trials that it has not seen.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "surrogate/surrogate.hpp"

namespace stune::analysis {

struct Validation {
  std::vector<LeftOut> trials;
  double r2 = 0.0;        ///< 1: exact, 0: no better than the mean of all; may be negative
  double rank = 0.0;      ///< Spearman's correlation of predicted and observed
  double coverage = 0.0;  ///< part of the trials inside their 95 % interval
};

/// Leave-one-out, with the hyperparameters of the whole. Nothing where all observed values are equal, or for fewer than
/// `fewest_to_validate` trials. O(n^3).
std::optional<Validation> validate(const Surrogate& surrogate);
Validation validate(std::vector<LeftOut> trials);
inline constexpr std::size_t fewest_to_validate = 5;
inline constexpr std::size_t enough_to_trust = 10;  ///< with fewer the trust is not full, however good they look

enum class Trust : std::uint8_t { none, order_only, direction, full };
/// What may be concluded from the model.
Trust trust(const Validation& validation);

}  // namespace stune::analysis
