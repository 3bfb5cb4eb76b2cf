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

/// When the attempt's end was known at the latest, by the coordinator's clock: a failing machine's own may be wrong.
TimePoint known_at(const Trial& trial, std::size_t attempt) {
  if (attempt + 1 < trial.attempts.size()) return trial.attempts[attempt + 1].submitted;
  return trial.ended.value_or(trial.attempts[attempt].submitted);
}

/// One machine, and not a list of them in which nobody knows the culprit.
bool is_one_machine(const std::string& host) { return !host.empty() && host.find_first_of(",[ ") == std::string::npos; }

}  // namespace

HostHealth::HostHealth(const Experiment& experiment) {
  std::vector<std::pair<TimePoint, const Ending*>> endings;
  for (const Trial& trial : experiment.trials()) {
    for (std::size_t i = 0; i < trial.attempts.size(); ++i) {
      const Attempt& attempt = trial.attempts[i];
      if (attempt.ending) endings.emplace_back(known_at(trial, i), &*attempt.ending);
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
