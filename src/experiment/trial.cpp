#include "stune/trial.hpp"

#include <cmath>

namespace stune {
namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

bool Observation::operator==(const Observation& other) const {
  return metric == other.metric && step == other.step && same(mean, other.mean) && same(sem, other.sem) &&
         at == other.at;
}

const char* to_string(TrialStatus status) {
  switch (status) {
    case TrialStatus::created:
      return "created";
    case TrialStatus::running:
      return "running";
    case TrialStatus::completed:
      return "completed";
    case TrialStatus::failed:
      return "failed";
    case TrialStatus::abandoned:
      return "abandoned";
    case TrialStatus::early_stopped:
      return "early_stopped";
  }
  return "?";
}

const char* to_string(JobState state) {
  switch (state) {
    case JobState::unknown:
      return "unknown";
    case JobState::absent:
      return "absent";
    case JobState::deferred:
      return "deferred";
    case JobState::pending:
      return "pending";
    case JobState::running:
      return "running";
    case JobState::ended:
      return "ended";
  }
  return "?";
}

const char* to_string(Cause cause) {
  switch (cause) {
    case Cause::completed:
      return "completed";
    case Cause::exit_code:
      return "exit_code";
    case Cause::signal:
      return "signal";
    case Cause::out_of_memory:
      return "out_of_memory";
    case Cause::timeout:
      return "timeout";
    case Cause::cancelled:
      return "cancelled";
    case Cause::preempted:
      return "preempted";
    case Cause::node_failure:
      return "node_failure";
    case Cause::launch_failure:
      return "launch_failure";
    case Cause::lost:
      return "lost";
    case Cause::stopped:
      return "stopped";
    case Cause::interrupted:
      return "interrupted";
  }
  return "?";
}

std::string to_string(AttemptId id) {
  return id.attempt == 0 ? std::to_string(id.trial) : std::to_string(id.trial) + '.' + std::to_string(id.attempt);
}

std::optional<Observation> latest(const Trial& trial, const std::string& metric) {
  const Observation* best = nullptr;
  for (const Observation& observation : trial.observations) {
    if (observation.metric != metric) continue;
    if (observation.step == final_step) {
      best = &observation;
    } else if (best == nullptr || (best->step != final_step && observation.step >= best->step)) {
      best = &observation;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace stune
