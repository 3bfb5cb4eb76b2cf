/// \file Which attempts are submitted next, and together with which: pure, no I/O.
#pragma once

#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "generation/candidate_source.hpp"
#include "stune/runner.hpp"

namespace stune {

/// To be committed, then to be given to the runner.
struct Plan {
  std::vector<EventBody> events;
  std::vector<Submission> submissions;
  std::vector<int> trials;  ///< that are submitted
};

/// Makes trials of `candidates` and submits them behind the trials that wait (retries, deferred ones), at most `slots`
/// in all. All keep away from `avoid_hosts`. `first` is the sequence number that the plan's first event will have:
/// tokens carry it, so each is unique.
Plan plan_submissions(const Experiment& experiment, std::vector<Candidate> candidates, int slots, const Runner& runner,
                      Sequence first, const std::vector<std::string>& avoid_hosts = {});

/// What makes `candidate` trial `index`: its fit, unless `events` or the journal hold it already (candidates made from
/// the same evidence share one), and the trial.
void append_trial(std::vector<EventBody>& events, const Experiment& experiment, const Candidate& candidate, int index,
                  bool manual);

/// The submissions of all live attempts, as the runner is to adopt them after a restart.
std::vector<Submission> live_submissions(const Experiment& experiment);

}  // namespace stune
