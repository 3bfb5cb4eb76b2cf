#include "analysis/analyses.hpp"

namespace stune::analysis {

std::vector<Card> compute_all(const Experiment& experiment) {
  std::vector<Card> cards;
  for (Card card : {show_best(experiment), trace_optimization(experiment), summarize_trials(experiment)}) {
    if (!card.rows.empty()) cards.push_back(std::move(card));
  }
  return cards;
}

}  // namespace stune::analysis
