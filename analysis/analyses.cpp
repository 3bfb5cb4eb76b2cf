#include "analysis/analyses.hpp"

namespace stune::analysis {

std::vector<Card> compute_all(const Experiment& experiment, const std::string& telemetry) {
  const Subject subject(experiment, telemetry);
  std::vector<Card> cards;
  for (const auto analysis :
       {show_best, check_health, trace_optimization, weigh_run_time, show_sensitivity, show_interactions, draw_slices,
        draw_contours, cross_validate, draw_progressions, draw_parallel_coordinates, scatter_parameters, draw_timeline,
        show_cluster, show_failures, describe_experiment, summarize_trials}) {
    Card card = analysis(subject);
    if (card.rows.empty()) card.columns.clear();
    if (!card.text.empty()) cards.push_back(std::move(card));
  }
  return cards;
}

}  // namespace stune::analysis
