/// \file How fast submissions go out. Pure.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "runners/slurm_timing.hpp"

namespace stune::slurm {

/// `burst` calls at once, `rate` a second in the long run.
class Pace {
 public:
  /// `rate` 0: no limit.
  Pace(double rate, int burst) : interval_(rate > 0 ? 1.0 / rate : 0.0), slack_(interval_ * (burst - 1)) {}

  /// When the next call may be made.
  TimePoint due() const { return full_ == TimePoint::min() ? full_ : later(full_, -slack_); }
  void spend(TimePoint now) { full_ = later(std::max(full_, now), interval_); }

 private:
  Seconds interval_;
  Seconds slack_;
  TimePoint full_ = TimePoint::min();  ///< when the whole burst is there again
};

/// Waiting times of experiments that were all refused in the same moment differ by up to a fifth.
class Jitter {
 public:
  explicit Jitter(const std::string& seed) : random_(std::hash<std::string>{}(seed)) {}
  Seconds operator()(Seconds wait) { return wait * std::uniform_real_distribution(0.8, 1.0)(random_); }

 private:
  std::mt19937_64 random_;
};

}  // namespace stune::slurm
