/// \file What a trial measured.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace stune {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;  ///< wall clock of the coordinator, UTC

/// The step of a final value. Any other step is a point of a progression.
inline constexpr std::int64_t final_step = -1;

/// One measured value. A trial's last word on a metric is its final value or, where it has only a progression, the
/// value at the largest step.
struct Observation {
  std::string metric{};
  std::int64_t step = final_step;
  double mean = std::numeric_limits<double>::quiet_NaN();
  double sem = std::numeric_limits<double>::quiet_NaN();  ///< standard error of the mean; NaN: unknown, 0: exact
  std::optional<TimePoint> at{};  ///< when it was told, by the clock of the machine where that was; steps only

  /// NaN equals NaN here, so that records can be compared.
  bool operator==(const Observation& other) const;
};

}  // namespace stune
