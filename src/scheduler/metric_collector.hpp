/// \file Asks the metrics for the results of trials whose attempt has ended, for as long as they may still appear.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "experiment/experiment.hpp"
#include "stune/metric.hpp"

namespace stune {

/// All metrics of a trial together: observations of all, or the first reason why not.
class MetricCollector {
 public:
  /// `metrics` outlive the collector.
  explicit MetricCollector(const std::vector<std::unique_ptr<Metric>>& metrics) : metrics_(metrics) {}

  /// What the trial measured. `reported` came with the runner's news and wins over what a metric would fetch. NotYet
  /// becomes Unusable once `grace` has passed since the first call for this trial.
  Fetched collect(const Trial& trial, const std::vector<Observation>& reported, TimePoint now, Seconds grace);
  /// When the trial should be asked for again; only after NotYet.
  TimePoint due(int trial) const;
  void forget(int trial) { waiting_.erase(trial); }

 private:
  struct Waiting {
    TimePoint since;
    TimePoint due;
    Seconds pause{0.05};
  };
  Fetched fetch_all(const Trial& trial, const std::vector<Observation>& reported) const;

  const std::vector<std::unique_ptr<Metric>>& metrics_;
  std::map<int, Waiting> waiting_;
};

/// What is there of a trial that still runs: whatever can be read, without reasons.
std::vector<Observation> peek(const std::vector<std::unique_ptr<Metric>>& metrics, const Trial& trial);

}  // namespace stune
