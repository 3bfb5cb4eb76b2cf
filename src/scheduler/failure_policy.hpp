/// \file What follows when an attempt ends: pure rules, no I/O.
#pragma once

#include <string>

#include "experiment/escalation.hpp"
#include "experiment/experiment.hpp"

namespace stune {

enum class Consequence : std::uint8_t {
  fetch_metrics,  ///< it ran to its end: its results decide
  retry,          ///< a new attempt: it says nothing about the parameterization, or more time or memory is granted
  fail,           ///< the trial's own fault; the model is told
  abandon         ///< withdrawn, or infrastructure failed too often; the model is not told
};

struct Decision {
  Consequence consequence = Consequence::fetch_metrics;
  std::string reason;  ///< of a trial that ends here, or how it is tried again; for people
};

/// What a trial that ran out of time or memory is granted.
struct Growth {
  Escalation time;
  Escalation memory;
};
/// Runners are opened with it: a run grants what the options said when it began.
Growth growth_of(const RunOptions& options);

/// The rule for one ending of one of `trial`'s attempts.
Decision decide_ending(const Experiment& experiment, const Growth& growth, const Trial& trial, const Ending& ending);

/// How many of the trial's attempts have ended so: as often was more granted (timeout, out_of_memory) to the next one.
int grants(const Trial& trial, Cause cause);

/// True where the trial was given up because the machines failed it again and again.
bool gave_up(const Trial& trial);

/// How many of the ended trials did not give a result, counted over the whole experiment. Updated by every end.
class FailureTally {
 public:
  explicit FailureTally(const Experiment& experiment);
  void count(const Trial& ended);
  /// Empty while failures are tolerable; else why not. Checked from 5 failures on, or at the end (`final`).
  std::string verdict(double tolerated_rate, bool final) const;

 private:
  int failures_ = 0;  ///< failed, or given up
  int ended_ = 0;     ///< those and the completed
};

}  // namespace stune
