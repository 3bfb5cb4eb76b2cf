#include "scheduler/metric_collector.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace stune {
namespace {

constexpr Seconds longest_pause{5.0};

Fetched fetch_guarded(Metric& metric, const Trial& trial) {
  try {
    return metric.fetch(trial.index, trial.attempts.empty() ? Metadata{} : trial.attempts.back().metadata);
  } catch (const std::exception& e) {
    return Unusable{metric.name() + ": " + e.what()};
  }
}

}  // namespace

Fetched MetricCollector::fetch_all(const Trial& trial, const std::vector<Observation>& reported) const {
  std::vector<Observation> all = reported;
  for (const auto& metric : metrics_) {
    const std::string name = metric->name();
    if (std::ranges::any_of(reported, [&](const Observation& o) { return o.metric == name; })) continue;
    Fetched fetched = fetch_guarded(*metric, trial);
    if (!std::holds_alternative<std::vector<Observation>>(fetched)) return fetched;
    for (Observation& o : std::get<std::vector<Observation>>(fetched)) all.push_back(std::move(o));
  }
  return all;
}

Fetched MetricCollector::collect(const Trial& trial, const std::vector<Observation>& reported, TimePoint now,
                                 Seconds grace) {
  Fetched fetched = fetch_all(trial, reported);
  const auto* not_yet = std::get_if<NotYet>(&fetched);
  if (!not_yet) {
    waiting_.erase(trial.index);
    return fetched;
  }
  auto [it, first] = waiting_.try_emplace(trial.index, Waiting{now, now});
  Waiting& waiting = it->second;
  if (now - waiting.since >= grace) {
    Unusable gave_up{not_yet->why + " (waited " + std::to_string(static_cast<int>(grace.count())) + " s)"};
    waiting_.erase(it);
    return gave_up;
  }
  waiting.due = later(now, waiting.pause);
  waiting.pause = std::min(waiting.pause * 2, longest_pause);
  return fetched;
}

TimePoint MetricCollector::due(int trial) const {
  const auto it = waiting_.find(trial);
  return it == waiting_.end() ? TimePoint::min() : it->second.due;
}

std::vector<Observation> peek(const std::vector<std::unique_ptr<Metric>>& metrics, const Trial& trial) {
  std::vector<Observation> all;
  for (const auto& metric : metrics) {
    Fetched fetched = fetch_guarded(*metric, trial);
    if (auto* some = std::get_if<std::vector<Observation>>(&fetched)) all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

}  // namespace stune
