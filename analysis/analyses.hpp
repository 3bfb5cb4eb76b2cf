/// \file Looks at an experiment and says what it shows, as cards. Read-only; one file for each analysis. Equal
/// experiments give equal cards. An analysis that cannot say anything yet says in its text what it waits for; one that
/// does not apply has no text either.
#pragma once

#include <string>
#include <vector>

#include "analysis/subject.hpp"
#include "stune/card.hpp"

namespace stune::analysis {

/// The objective and the search space.
Card describe_experiment(const Subject& subject);
/// The best trial by the model and by observation, observed and predicted, beside the user's own setting where there
/// is one.
Card show_best(const Subject& subject);
/// What is wrong or could be better, with advice; and what was checked and is well.
Card check_health(const Subject& subject);
/// The best objective so far, whenever it improved. O(trials).
Card trace_optimization(const Subject& subject);
/// The objective against the run time: the trials that no other beats in both, and how the area that they dominate
/// grew. Nothing where run times are not known or all below a second. O(n log n) for n trials.
///
/// The area is a share of the box from the best to the worst that is seen in both, with the run time on a logarithmic
/// scale where it is drawn so. The box is that of all trials that are weighed, so that the area never falls.
Card weigh_run_time(const Subject& subject);
/// A line through all parameters for each trial, coloured by the objective.
Card draw_parallel_coordinates(const Subject& subject);
/// The objective by each parameter, as measured.
Card scatter_parameters(const Subject& subject);
/// Sobol indices of the model, first order and total, with the direction of each effect.
Card show_sensitivity(const Subject& subject);
/// Those of second order that are not negligible.
Card show_interactions(const Subject& subject);
/// The model along each of the parameters that matter most, all others as in the best trial.
Card draw_slices(const Subject& subject);
/// The model and its doubts over pairs of them.
Card draw_contours(const Subject& subject);
/// Each trial predicted from all others, and what follows for all other cards.
Card cross_validate(const Subject& subject);
/// What trials reported step by step; nothing where none did.
Card draw_progressions(const Subject& subject);
/// When attempts waited and ran; nothing where all trials are by hand.
Card draw_timeline(const Subject& subject);
/// What that cost, and what the coordinator cost; nothing where all trials are by hand.
Card show_cluster(const Subject& subject);
/// Attempts that failed or were lost, by cause; nothing where none did.
Card show_failures(const Subject& subject);
/// One row for each trial: status, generator, metrics, parameters, attempts, times, reason. O(trials).
Card summarize_trials(const Subject& subject);

/// All of them that apply, in the order in which a person reads them. `telemetry`: what the coordinator last wrote of
/// itself, or empty. Seconds, whatever the number of trials.
std::vector<Card> compute_all(const Experiment& experiment, const std::string& telemetry = {});

}  // namespace stune::analysis
