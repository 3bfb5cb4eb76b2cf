/// \file How a run ended.
#pragma once

#include <cstdint>
#include <string>

#include "stune/error.hpp"
#include "stune/progress.hpp"

namespace stune {

enum class StopReason : std::uint8_t {
  finished,      ///< all trials are in
  exhausted,     ///< a finite search space has no further point
  stopped,       ///< `stune stop`; jobs were cancelled
  interrupted,   ///< Ctrl-C or SIGTERM; jobs go on, the experiment can be resumed
  time_limit,    ///< --max-hours; jobs go on, the experiment can be resumed
  failure_rate,  ///< too many trials failed; jobs were cancelled
  idle           ///< a single step found nothing due soon
};

struct RunSummary {
  StopReason reason = StopReason::finished;
  std::string message;  ///< for people: why, and what to do next
  ProgressSnapshot progress;
  double cpu_seconds = 0.0;  ///< of the coordinator in this run
};

ExitCode exit_code(StopReason reason);

}  // namespace stune
