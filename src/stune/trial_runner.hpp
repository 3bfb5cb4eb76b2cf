/// \file The simplest runner a user can write: the tutorial's three methods, one trial at a time.
#pragma once

#include "stune/trial.hpp"

namespace stune {

/// Deploys trials to some external system. Methods may block (the scheduler waits meanwhile); what they throw fails the
/// attempt with the exception's message.
class TrialRunner {
 public:
  virtual ~TrialRunner() = default;
  /// Starts the trial. What it returns is journaled and handed to the other methods, to the metrics, and again after a
  /// restart.
  virtual Metadata run_trial(int trial_index, const Parameterization& parameters) = 0;
  /// running, completed, failed or abandoned.
  virtual TrialStatus poll_trial(int trial_index, const Metadata& metadata) = 0;
  /// Ends the trial before it has completed. The default leaves it alone.
  virtual void stop_trial(int trial_index, const Metadata& metadata);
};

}  // namespace stune
