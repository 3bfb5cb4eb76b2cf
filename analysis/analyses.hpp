/// \file Looks at an experiment and says what it shows, as cards. Read-only; one file for each analysis.
#pragma once

#include <vector>

#include "experiment/experiment.hpp"
#include "stune/card.hpp"

namespace stune::analysis {

/// One row for each trial: status, generator, objective, other metrics, parameters, reason. O(trials).
Card summarize_trials(const Experiment& experiment);
/// The best trial by the model and by observation, beside the user's own setting where there is one.
Card show_best(const Experiment& experiment);
/// The best objective so far, whenever it improved. O(trials).
Card trace_optimization(const Experiment& experiment);

/// All of them, in the order in which a person reads them. What cannot be said yet is left out.
std::vector<Card> compute_all(const Experiment& experiment);

}  // namespace stune::analysis
