/// \file Time as the coordinator knows it: what it is now, and the only place where it waits.
#pragma once

#include <span>

#include "stune/trial.hpp"

namespace stune {

/// Seam: tests use a clock that is a value.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() = 0;
  /// Returns when a descriptor becomes readable, at `deadline`, or early (a signal, a spurious wake): the caller looks
  /// again. Descriptors of -1 are ignored.
  virtual void wait(std::span<const int> descriptors, TimePoint deadline) = 0;
};

/// The machine's wall clock and ppoll(2). A step of the wall clock shortens or lengthens one wait by a minute at most.
class SystemClock : public Clock {
 public:
  TimePoint now() override;
  void wait(std::span<const int> descriptors, TimePoint deadline) override;
};

inline TimePoint later(TimePoint time, Seconds by) {
  return time + std::chrono::duration_cast<TimePoint::duration>(by);
}

/// 2026-11-23T18:38:53Z, with microseconds kept: for records and logs.
std::string to_iso(TimePoint time);
/// The inverse of to_iso; nothing if it cannot be read.
std::optional<TimePoint> parse_iso(std::string_view text);
/// "3 s", "12 min 5 s", "2 h 3 min": for people.
std::string to_words(Seconds duration);

}  // namespace stune
