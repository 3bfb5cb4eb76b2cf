/// \file How fast submissions go out. Pure.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <utility>

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

  /// When the whole burst is there again: what an earlier process has spent is not there for the next.
  TimePoint full() const { return full_; }
  void resume(TimePoint full, TimePoint now) { full_ = std::min(full, later(now, slack_ + interval_)); }

 private:
  Seconds interval_;
  Seconds slack_;
  TimePoint full_ = TimePoint::min();
};

/// Waiting times that double from one failure to the next.
class Backoff {
 public:
  Backoff(Seconds first, Seconds cap) : first_(first), cap_(cap), wait_(first) {}
  bool is_fresh() const { return wait_ == first_; }
  Seconds next() { return std::exchange(wait_, std::min(cap_, 2 * wait_)); }
  void reset() { wait_ = first_; }

 private:
  Seconds first_;
  Seconds cap_;
  Seconds wait_;
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
