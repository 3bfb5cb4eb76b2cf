/// \file What an experiment looks like to a person, right now: pure.
#pragma once

#include <string>

#include "experiment/experiment.hpp"
#include "stune/progress.hpp"

namespace stune {

/// O(live trials). The elapsed time is left at 0.
ProgressSnapshot take_snapshot(const Experiment& experiment);

/// A line for each of the last three trials that failed or were given up: what they said before they ended. O(trials).
std::string last_words(const Experiment& experiment);

}  // namespace stune
