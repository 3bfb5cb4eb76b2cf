#include "scheduler/snapshot.hpp"

#include "scheduler/failure_policy.hpp"

namespace stune {
namespace {

constexpr int trials_quoted = 3;

}  // namespace

ProgressSnapshot take_snapshot(const Experiment& experiment) {
  ProgressSnapshot s;
  s.wanted = experiment.options().trials;
  s.completed = experiment.count(TrialStatus::completed) + experiment.count(TrialStatus::early_stopped);
  s.failed = experiment.count(TrialStatus::failed);
  s.abandoned = experiment.count(TrialStatus::abandoned);
  for (const int trial : experiment.live()) {
    ++(experiment.trial(trial).attempts.back().state == JobState::running ? s.running : s.pending);
  }
  s.pending += static_cast<int>(experiment.waiting().size());
  s.metric = experiment.definition().optimization.objectives.front().metric;
  s.best_trial = experiment.best_observed();
  if (s.best_trial >= 0) s.best = objective_of(experiment, experiment.trial(s.best_trial))->mean;
  return s;
}

std::string last_words(const Experiment& experiment) {
  std::string words;
  int quoted = 0;
  const std::vector<Trial>& trials = experiment.trials();
  for (auto trial = trials.rbegin(); trial != trials.rend() && quoted < trials_quoted; ++trial) {
    if (trial->status != TrialStatus::failed && !gave_up(*trial)) continue;
    words += "\ntrial " + std::to_string(trial->index) + ": " + trial->reason;
    ++quoted;
  }
  return words;
}

}  // namespace stune
