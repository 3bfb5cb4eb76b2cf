#include "scheduler/summary.hpp"

namespace stune {

ExitCode exit_code(StopReason reason) {
  switch (reason) {
    case StopReason::finished:
    case StopReason::exhausted:
    case StopReason::time_limit:
    case StopReason::idle:
      return ExitCode::success;
    case StopReason::stopped:
    case StopReason::failure_rate:
      return ExitCode::failure;
    case StopReason::interrupted:
      return ExitCode::interrupted;
  }
  return ExitCode::failure;
}

}  // namespace stune
