/// \file How a run ended.
#pragma once

#include <string>

#include "stune/error.hpp"
#include "stune/progress.hpp"

namespace stune {

struct RunSummary {
  StopReason reason = StopReason::finished;
  std::string message;  ///< for people: why, and what to do next
  ProgressSnapshot progress;
};

ExitCode exit_code(StopReason reason);

}  // namespace stune
