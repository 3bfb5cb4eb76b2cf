/// \file What a trial's last word makes of its end.
#pragma once

#include "experiment/experiment.hpp"

namespace stune {

/// `end` as it is to be journaled, together with what the trial has said before: one that would be completed without a
/// finite value of the objective has failed, and the reason says so. Values of other metrics may be what they are. The
/// trial may be about to be created. Pure.
TrialEnded judged(const Experiment& experiment, TrialEnded end);

}  // namespace stune
