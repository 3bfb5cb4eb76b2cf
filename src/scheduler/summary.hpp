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

/// Where all that was wanted is done and nothing completed, there is no result.
ExitCode exit_code(const RunSummary& summary);

}  // namespace stune
