/// \file Whether trials show that outcomes have noise. To a model ruggedness looks like noise, so it takes an error
/// that somebody told, or a point with two different outcomes.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace stune {

class Looks {
 public:
  /// A trial at `point`, as SearchSpace::encode() gives it. The outcome is not finite where there is none; the standard
  /// error is NaN where nothing is known of it. O(d log n).
  void add(const std::vector<double>& point, double outcome, double sem);

  std::size_t points() const { return outcomes_.size(); }  ///< different ones
  bool repeated() const { return repeated_; }              ///< has a point two outcomes?
  bool differ() const { return differ_; }                  ///< are there two that differ, or an error that was told?

 private:
  std::map<std::vector<double>, std::optional<double>> outcomes_;  // the first of each point
  bool repeated_ = false, differ_ = false;
};

}  // namespace stune
