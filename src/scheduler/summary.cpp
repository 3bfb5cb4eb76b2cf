#include "scheduler/summary.hpp"

namespace stune {

ExitCode exit_code(const RunSummary& summary) {
  switch (summary.reason) {
    case StopReason::finished:
    case StopReason::exhausted:
      return summary.progress.best_trial >= 0 ? ExitCode::success : ExitCode::failure;
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
