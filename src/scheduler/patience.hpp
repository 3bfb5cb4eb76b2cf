/// \file How long a free slot waits for a candidate that has seen all evidence, before it takes an older one.
#pragma once

#include <cstddef>
#include <vector>

#include "stune/trial.hpp"

namespace stune {

/// Fresh before fast: 1 % of the median time of the last trials; 0.1 s where they take less than a second, since such
/// trials cost nothing; of either, an n-th where n run at a time, since then one result more or less tells little. None
/// before the first has ended, when no candidate depends on evidence.
class Patience {
 public:
  /// A trial has ended after this time of running.
  void learn(Seconds duration);
  Seconds value(int parallel) const;

 private:
  static constexpr std::size_t kept = 64;
  std::vector<Seconds> recent_;
};

}  // namespace stune
