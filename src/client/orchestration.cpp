#include "client/orchestration.hpp"

#include <cmath>

#include "base/text.hpp"
#include "runners/per_trial_runner.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

void expect(bool valid, const char* member, double found, const char* range) {
  if (valid) return;
  throw ConfigError(std::string("run_trials: ") + member + ": found " + format_number(found) + ", valid is " + range);
}

bool is_finite_and_at_least(double least, double value) { return std::isfinite(value) && value >= least; }

}  // namespace

void check(const OrchestrationConfig& config) {
  expect(config.max_trials >= 1, "max_trials", config.max_trials, "1 or more");
  expect(config.parallelism >= 1, "parallelism", config.parallelism, "1 or more");
  const double rate = config.tolerated_trial_failure_rate;
  expect(rate >= 0 && rate <= 1, "tolerated_trial_failure_rate", rate, "0 to 1");
  const double first = config.initial_seconds_between_polls;
  expect(std::isfinite(first) && first > 0, "initial_seconds_between_polls", first, "more than 0");
  const double growth = config.seconds_between_polls_backoff_factor;
  expect(is_finite_and_at_least(1, growth), "seconds_between_polls_backoff_factor", growth, "1 or more");
  const double longest = config.longest_seconds_between_polls;
  expect(is_finite_and_at_least(0, longest), "longest_seconds_between_polls", longest, "0 or more");
}

RunOptions orchestrated(RunOptions options, const OrchestrationConfig& config) {
  options.trials = config.max_trials;
  options.parallel = config.parallelism;
  options.tolerated_failure_rate = config.tolerated_trial_failure_rate;
  return options;
}

PerTrialOptions polling(const OrchestrationConfig& config) {
  return {Seconds{config.initial_seconds_between_polls}, config.seconds_between_polls_backoff_factor,
          Seconds{config.longest_seconds_between_polls}};
}

}  // namespace stune
