#include "experiment/looks.hpp"

#include <cmath>

namespace stune {

void Looks::add(const std::vector<double>& point, double outcome, double sem) {
  std::optional<double>& first = outcomes_[point];
  if (!std::isfinite(outcome)) return;
  repeated_ = repeated_ || first;
  differ_ = differ_ || (first && *first != outcome) || (std::isfinite(sem) && sem != 0.0);
  if (!first) first = outcome;
}

}  // namespace stune
