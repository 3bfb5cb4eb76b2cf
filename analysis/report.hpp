/// \file The cards of an experiment as one HTML file that needs nothing else, no network and no server; and as JSON.
#pragma once

#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "stune/card.hpp"

namespace stune::analysis {

/// The page: style, data, Plotly.js and the script that draws. `at` is when the cards were computed. Figures with more
/// points than a browser likes are thinned, and say so. Pure. O(size of the cards).
std::string report_page(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at);

/// Everything that is in the cards as one JSON object and LF; numbers read back the same, what is not finite is null.
std::string cards_json(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at);

/// JSON as it may stand inside <script>: no `<`, `>`, `&` and no line separators of Unicode. Pure.
std::string safe_in_script(const std::string& json);

/// False where Plotly.js was not found when this was built: figures are left out of pages then.
bool draws_figures();

}  // namespace stune::analysis
