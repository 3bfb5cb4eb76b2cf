/// \file Where new trials come from. The scheduler knows this header only.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "experiment/event.hpp"

namespace stune {

/// Evidence that no candidate has to know of, since it depends on none.
inline constexpr Sequence any_evidence = std::numeric_limits<Sequence>::max();

/// A proposal; not journaled until the scheduler makes it a trial.
struct Candidate {
  Parameterization parameters{};
  std::string generator{};
  Sequence made_from = 0;            ///< the last evidence it knows
  Sequence fresh_up_to = 0;          ///< evidence up to which nothing better can be known: made_from, or any_evidence
  std::optional<ModelFitted> fit{};  ///< to be journaled before the trial, if the model was refitted for it
};

struct Candidates {
  std::vector<Candidate> ready{};  ///< each differs from the others and from all trials it has seen, unless noise makes
                                   ///< a point of a finite space worth another look
  bool exhausted = false;          ///< a finite space has no further point, as far as the present evidence goes: where
                                   ///< outcomes have errors, the end of a trial may make points worth another look
  std::string notice{};            ///< said once to the user: a fit that failed, and what was done instead
};

/// Seam: inline (exact, for tests, step and ask) or a thread (while trials run).
class CandidateSource {
 public:
  virtual ~CandidateSource() = default;
  /// Committed events, in order, without gaps.
  virtual void feed(std::span<const Event> committed) = 0;
  /// At most `count` candidates that are fresh up to `seen_at_least`; fewer, or none, if they are not ready.
  /// Candidates taken become pending for those that follow; one that is not made a trial is forgotten at the next feed.
  virtual Candidates take(int count, Sequence seen_at_least) = 0;
  /// Readable when take() may have more, or -1.
  virtual int wake_fd() const { return -1; }
};

}  // namespace stune
