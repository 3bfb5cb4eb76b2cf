#include "scheduler/failure_policy.hpp"

#include <algorithm>

namespace stune {
namespace {

constexpr int failures_before_checking = 5;

std::string describe_failure(const Ending& ending) {
  std::string reason;
  switch (ending.cause) {
    case Cause::exit_code:
      reason = "exit code " + std::to_string(ending.exit_code);
      break;
    case Cause::signal:
      reason = "killed by signal " + std::to_string(ending.signal);
      break;
    default:
      reason = to_string(ending.cause);
      std::ranges::replace(reason, '_', ' ');
  }
  if (ending.detail.empty()) return reason;
  const bool says_it = ending.detail.starts_with(reason) || ending.detail.starts_with("killed by SIG");
  return says_it ? ending.detail : reason + ": " + ending.detail;
}

/// Granted `escalation.times` times already?
bool may_have_more(const Trial& trial, Cause cause, const Escalation& escalation) {
  return grants(trial, cause) < escalation.times;
}

int infrastructure_failures(const Trial& trial) {
  return static_cast<int>(std::ranges::count_if(
      trial.attempts, [](const Attempt& a) { return a.ending && is_infrastructure(a.ending->cause); }));
}

}  // namespace

Growth growth_of(const RunOptions& options) {
  return {parse_escalation(options.on_timeout), parse_escalation(options.on_oom)};
}

Decision decide_ending(const Experiment& experiment, const Growth& growth, const Trial& trial, const Ending& ending) {
  const bool asked_to_stop = experiment.stop_asked() || experiment.trial_stops().contains(trial.index);
  // Whatever a stopped attempt ended with says nothing about the trial, unless it had finished by itself before.
  if (asked_to_stop && ending.cause != Cause::completed) return {Consequence::abandon, "stopped on request"};
  switch (ending.cause) {
    case Cause::completed:
      return {Consequence::fetch_metrics, {}};
    case Cause::timeout:
      if (may_have_more(trial, ending.cause, growth.time)) {
        return {Consequence::retry, "with a longer time limit"};
      }
      return {Consequence::fail, describe_failure(ending)};
    case Cause::out_of_memory:
      if (may_have_more(trial, ending.cause, growth.memory)) {
        return {Consequence::retry, "with more memory"};
      }
      return {Consequence::fail, describe_failure(ending)};
    case Cause::exit_code:
    case Cause::signal:
      return {Consequence::fail, describe_failure(ending)};
    case Cause::cancelled:
      return {Consequence::abandon, describe_failure(ending)};
    case Cause::stopped:
      return {Consequence::abandon, "stopped on request"};
    case Cause::preempted:
    case Cause::node_failure:
    case Cause::launch_failure:
    case Cause::lost:
    case Cause::interrupted:
      break;
  }
  const int failures = infrastructure_failures(trial) + 1;
  if (failures <= experiment.options().infrastructure_retries) return {Consequence::retry, {}};
  return {Consequence::abandon,
          "given up after " + std::to_string(failures) + " attempts; the last: " + describe_failure(ending)};
}

int grants(const Trial& trial, Cause cause) {
  return static_cast<int>(
      std::ranges::count_if(trial.attempts, [&](const Attempt& a) { return a.ending && a.ending->cause == cause; }));
}

bool gave_up(const Trial& trial) {
  return trial.status == TrialStatus::abandoned && !trial.attempts.empty() && trial.attempts.back().ending &&
         is_infrastructure(trial.attempts.back().ending->cause);
}

FailureTally::FailureTally(const Experiment& experiment) {
  for (const Trial& trial : experiment.trials()) {
    if (is_terminal(trial.status)) count(trial);
  }
}

void FailureTally::count(const Trial& ended) {
  const bool failure = ended.status == TrialStatus::failed || gave_up(ended);
  failures_ += failure ? 1 : 0;
  ended_ += (failure || ended.status == TrialStatus::completed || ended.status == TrialStatus::early_stopped) ? 1 : 0;
}

std::string FailureTally::verdict(double tolerated_rate, bool final) const {
  if (failures_ == 0 || (!final && failures_ < failures_before_checking)) return {};
  if (failures_ <= tolerated_rate * ended_) return {};
  return std::to_string(failures_) + " of " + std::to_string(ended_) + " trials failed; tolerated are " +
         std::to_string(static_cast<int>(tolerated_rate * 100)) + " %";
}

}  // namespace stune
