/// \file A clock that is a value: tests set the time, and waiting takes none.
#pragma once

#include <poll.h>

#include <algorithm>
#include <vector>

#include "base/clock.hpp"

namespace stune {

/// wait() returns at once: the time stays where a descriptor is readable, else it jumps to the deadline. A deadline of
/// TimePoint::max() without a readable descriptor would be a wait for ever: the time stays, and `stuck()` counts it.
class FakeClock : public Clock {
 public:
  explicit FakeClock(TimePoint start = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)))
      : now_(start) {}

  TimePoint now() override { return now_; }
  void wait(std::span<const int> descriptors, TimePoint deadline) override {
    ++waits_;
    if (is_readable(descriptors)) return;
    if (deadline == TimePoint::max()) {
      ++stuck_;
    } else {
      now_ = std::max(now_, deadline);
    }
  }

  void set(TimePoint now) { now_ = now; }
  void advance(Seconds duration) { now_ += std::chrono::round<std::chrono::microseconds>(duration); }
  int waits() const { return waits_; }
  int stuck() const { return stuck_; }

 private:
  static bool is_readable(std::span<const int> descriptors) {
    std::vector<pollfd> watched;
    for (const int fd : descriptors) {
      if (fd >= 0) watched.push_back({fd, POLLIN, 0});
    }
    return ::poll(watched.data(), watched.size(), 0) > 0;
  }

  TimePoint now_;
  int waits_ = 0;
  int stuck_ = 0;
};

}  // namespace stune
