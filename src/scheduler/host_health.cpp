#include "scheduler/host_health.hpp"

#include <algorithm>

namespace stune {
namespace {

constexpr int failures_to_avoid = 2;
constexpr Seconds avoided_for{3600};
constexpr std::size_t most_avoided = 8;

/// Whoever preempts a job or tells it to end is not the machine.
bool is_its_own_fault(Cause cause) {
  return cause == Cause::node_failure || cause == Cause::launch_failure || cause == Cause::lost;
}

/// One machine, and not a list of them in which nobody knows the culprit.
bool is_one_machine(const std::string& host) { return !host.empty() && host.find_first_of(",[ ") == std::string::npos; }

}  // namespace

HostHealth::HostHealth(const Experiment& experiment) {
  std::vector<std::pair<TimePoint, const Ending*>> endings;
  for (const Trial& trial : experiment.trials()) {
    for (const Attempt& attempt : trial.attempts) {
      if (attempt.ending) endings.emplace_back(attempt.ending->ended.value_or(attempt.submitted), &*attempt.ending);
    }
  }
  std::ranges::sort(endings);
  for (const auto& [at, ending] : endings) learn(*ending, at);
}

void HostHealth::learn(const Ending& ending, TimePoint now) {
  if (!is_one_machine(ending.host)) return;
  if (is_its_own_fault(ending.cause)) {
    Record& record = failing_[ending.host];
    ++record.failures;
    record.last = now;
  } else if (!is_infrastructure(ending.cause)) {
    failing_.erase(ending.host);
  }
}

std::vector<std::string> HostHealth::to_avoid(TimePoint now) const {
  std::vector<std::pair<TimePoint, std::string>> bad;
  for (const auto& [host, record] : failing_) {
    if (record.failures >= failures_to_avoid && now - record.last < avoided_for) bad.emplace_back(record.last, host);
  }
  std::ranges::sort(bad, std::greater<>());
  std::vector<std::string> hosts;
  for (std::size_t i = 0; i < std::min(bad.size(), most_avoided); ++i) hosts.push_back(bad[i].second);
  std::ranges::sort(hosts);
  return hosts;
}

}  // namespace stune
