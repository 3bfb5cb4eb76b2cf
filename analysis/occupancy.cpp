#include "analysis/occupancy.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "analysis/subject.hpp"

namespace stune::analysis {
namespace {

Fate fate_of(const Attempt& attempt) {
  if (!attempt.ending) return Fate::running;
  const Cause cause = attempt.ending->cause;
  if (cause == Cause::completed) return Fate::completed;
  if (cause == Cause::stopped || cause == Cause::cancelled) return Fate::stopped;
  return is_infrastructure(cause) ? Fate::lost : Fate::failed;
}

/// A stay takes the lane that has been free for longest.
void assign_lanes(std::vector<Stay>& stays) {
  using Free = std::pair<double, std::size_t>;
  std::priority_queue<Free, std::vector<Free>, std::greater<>> lanes;
  std::size_t count = 0;
  for (Stay& stay : stays) {
    if (!lanes.empty() && lanes.top().first <= stay.submitted) {
      stay.lane = lanes.top().second;
      lanes.pop();
    } else {
      stay.lane = count++;
    }
    lanes.emplace(stay.ended, stay.lane);
  }
}

}  // namespace

const char* word_for(Fate fate) {
  switch (fate) {
    case Fate::running:
      return "running";
    case Fate::completed:
      return "completed";
    case Fate::failed:
      return "failed";
    case Fate::lost:
      return "lost, tried again";
    case Fate::stopped:
      return "stopped";
  }
  return "?";
}

std::vector<Stay> stays_of(const Experiment& experiment) {
  std::vector<Stay> stays;
  const auto since = [&](TimePoint time) { return std::max(0.0, Seconds{time - experiment.created()}.count()); };
  for (const Trial& trial : experiment.trials()) {
    for (std::size_t k = 0; k < trial.attempts.size(); ++k) {
      const Attempt& attempt = trial.attempts[k];
      if (attempt.state == JobState::absent || attempt.state == JobState::deferred) continue;
      Stay stay{{trial.index, static_cast<int>(k)}, since(attempt.submitted)};
      TimePoint end = experiment.last_change();
      if (attempt.ending) {
        const bool last = k + 1 == trial.attempts.size();
        end = attempt.ending->ended.value_or(last ? trial.ended.value_or(end) : trial.attempts[k + 1].submitted);
      }
      stay.ended = std::max(stay.submitted, since(end));
      const auto start = start_of(attempt);
      stay.has_started = start.has_value();
      stay.started = start ? std::clamp(since(*start), stay.submitted, stay.ended) : stay.ended;
      stay.fate = fate_of(attempt);
      stays.push_back(stay);
    }
  }
  std::ranges::stable_sort(stays, {}, &Stay::submitted);
  assign_lanes(stays);
  return stays;
}

double last_end(const std::vector<Stay>& stays) { return std::ranges::max(stays, {}, &Stay::ended).ended; }

std::vector<Allowance> parallel_of(const Experiment& experiment) {
  std::vector<Allowance> allowances;
  for (const auto& [since, parallel] : experiment.parallel_over_time()) {
    allowances.push_back({Seconds{since - experiment.created()}.count(), static_cast<double>(parallel)});
  }
  return allowances;
}

double integral(const std::vector<Allowance>& allowances, double first, double last) {
  double area = 0.0;
  for (std::size_t i = 0; i < allowances.size(); ++i) {
    const double end = i + 1 < allowances.size() ? std::min(last, allowances[i + 1].from) : last;
    area += allowances[i].count * std::max(0.0, end - std::max(first, allowances[i].from));
  }
  return area;
}

std::vector<double> average_open(const std::vector<std::pair<double, double>>& intervals, double end,
                                 std::size_t count) {
  std::vector<double> open(count, 0.0);
  const double width = end / static_cast<double>(count);
  if (width <= 0.0) return open;
  for (const auto& [first, last] : intervals) {
    const auto begin = static_cast<std::size_t>(std::clamp(first / width, 0.0, static_cast<double>(count - 1)));
    for (std::size_t i = begin; i < count && static_cast<double>(i) * width < last; ++i) {
      const double low = std::max(first, static_cast<double>(i) * width);
      const double high = std::min(last, static_cast<double>(i + 1) * width);
      open[i] += std::max(0.0, high - low) / width;
    }
  }
  return open;
}

}  // namespace stune::analysis
