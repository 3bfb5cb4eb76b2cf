#include "analysis/subject.hpp"

#include <algorithm>
#include <utility>

namespace stune::analysis {

Subject::Subject(const Experiment& looked_at, std::string last_telemetry)
    : experiment(looked_at),
      telemetry(std::move(last_telemetry)),
      measured(measured_trials(looked_at)),
      surrogate(Surrogate::fit(looked_at)),
      sensitivity(surrogate ? measure_sensitivity(*surrogate, looked_at.definition().space) : std::nullopt),
      validation(surrogate ? validate(*surrogate) : std::nullopt),
      best(best_point(looked_at, surrogate ? &*surrogate : nullptr)) {}

std::optional<double> Subject::value(const Trial& trial) const {
  const auto seen = objective_of(experiment, trial);
  return seen ? std::optional(seen->mean) : std::nullopt;
}

std::optional<TimePoint> start_of(const Attempt& attempt) {
  if (attempt.ending && attempt.ending->started) return attempt.ending->started;
  return attempt.started;
}

std::vector<double> best_so_far(const Experiment& experiment, const std::vector<const Trial*>& measured) {
  const bool minimize = experiment.definition().optimization.objectives.front().minimize;
  std::vector<double> best;
  for (const Trial* trial : measured) {
    const double value = objective_of(experiment, *trial)->mean;
    const double before = best.empty() ? value : best.back();
    best.push_back(minimize ? std::min(before, value) : std::max(before, value));
  }
  return best;
}

std::string reason_of(const Trial& trial) {
  if (!trial.reason.empty() || trial.attempts.size() < 2) return trial.reason;
  const auto& before = trial.attempts[trial.attempts.size() - 2].ending;
  if (!before) return {};
  std::string reason = std::string("tried again after: ") + to_string(before->cause);
  std::ranges::replace(reason, '_', ' ');
  return reason + (before->host.empty() ? "" : " on " + before->host);
}

std::optional<Seconds> queue_wait(const Trial& trial) {
  std::optional<Seconds> sum;
  for (const Attempt& attempt : trial.attempts) {
    const auto start = start_of(attempt);
    // Clocks of two machines may disagree by more than a short wait.
    if (start) sum = sum.value_or(Seconds{0}) + std::max(Seconds{0}, Seconds{*start - attempt.submitted});
  }
  return sum;
}

std::optional<Seconds> run_time(const Attempt& attempt) {
  const auto start = start_of(attempt);
  if (!start || !attempt.ending || !attempt.ending->ended) return {};
  return std::max(Seconds{0}, Seconds{*attempt.ending->ended - *start});
}

std::optional<Seconds> run_time(const Trial& trial) {
  return trial.attempts.empty() ? std::nullopt : run_time(trial.attempts.back());
}

std::optional<Seconds> run_time_of_attempts(const Trial& trial) {
  if (!run_time(trial)) return {};
  Seconds sum{0};
  for (const Attempt& attempt : trial.attempts) {
    const auto time = run_time(attempt);
    if (!time && start_of(attempt)) return {};
    sum += time.value_or(Seconds{0});
  }
  return sum;
}

}  // namespace stune::analysis
