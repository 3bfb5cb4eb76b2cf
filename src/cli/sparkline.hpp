/// \file The best value so far as a small picture of one line.
#pragma once

#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::cli {

/// The best objective after each completed trial, in their order. O(trials).
std::vector<double> best_so_far(const Experiment& experiment);

/// One block for each of at most `width` equal parts of the values, as high as the last value in it; empty where fewer
/// than two values differ. UTF-8. Pure.
std::string sparkline(const std::vector<double>& values, std::size_t width);

/// "▇▆▃▂▁  0.505 to 3.26": how the best value came about, for a terminal that can show it; else empty.
std::string trace_text(const Experiment& experiment);

}  // namespace stune::cli
