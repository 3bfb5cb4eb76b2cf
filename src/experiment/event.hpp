/// \file Everything that can happen to an experiment. The journal is a list of these; state is what replaying gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "experiment/options.hpp"
#include "stune/runner.hpp"

namespace stune {

using Sequence = std::uint64_t;  ///< position in the journal; the first event is 1

/// Always first, and only there.
struct ExperimentCreated {
  Definition definition{};
  RunOptions options{};
};

struct OptionsChanged {
  RunOptions options{};
};

struct TrialCreated {
  int trial = 0;  ///< the next index
  Parameterization parameters{};
  std::string generator{};  ///< "Center", "Sobol", "GP", "Default", "Manual", ...
  Sequence made_from = 0;   ///< the last event the generator had seen
  bool manual = false;      ///< asked for or attached by a person, who runs it; the scheduler does not
  std::string request{};    ///< id of the request that asked for it, so that it is served once; empty: none did
};

/// About to be given to the runner. Creates the next attempt of each trial, or renews a deferred one.
struct SubmissionIntended {
  std::string token{};
  std::vector<AttemptId> attempts{};
};

/// What the runner said of one attempt.
struct JobReported {
  AttemptId id{};
  JobState state = JobState::unknown;
  std::optional<Ending> ending{};
  std::optional<Metadata> metadata{};
};

/// Partial results of a trial that goes on; replaces what it said of the same metric and step. Steps of a manual trial
/// that do not say when they were told were told now.
struct Observed {
  int trial = 0;
  std::vector<Observation> observations{};
};

/// The trial is over. Carries its last attempt's ending and its final observations, so that an uneventful trial needs
/// four events.
struct TrialEnded {
  int trial = 0;
  TrialStatus status = TrialStatus::completed;
  std::string reason{};
  std::optional<Ending> ending{};
  std::vector<Observation> observations{};
};

/// Hyperparameters after a fit: warm starts are no hidden state.
struct ModelFitted {
  Sequence made_from = 0;
  std::vector<double> hyperparameters{};
};

/// A person asked for an end: of one trial, or (trial = -1) of all.
struct StopAsked {
  int trial = -1;
  std::string why{};
};

using EventBody = std::variant<ExperimentCreated, OptionsChanged, TrialCreated, SubmissionIntended, JobReported,
                               Observed, TrialEnded, ModelFitted, StopAsked>;

struct Event {
  Sequence sequence = 0;
  TimePoint at{};
  EventBody what;
};

}  // namespace stune
