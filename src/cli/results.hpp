/// \file Results and parameters as people type them for tell and attach. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "experiment/search_space.hpp"
#include "stune/observation.hpp"

namespace stune::cli {

/// "yield=0.71" or "yield=0.71+-0.02". Throws UsageError quoting the text.
Observation parse_result(const std::string& text, std::int64_t step = final_step);

/// "lr=0.1" "layers=3": a value for every parameter; those that are fixed may be left out.
/// Throws UsageError or ConfigError naming the parameter, what was found and what is valid.
Parameterization parse_parameters(const std::vector<std::string>& texts, const SearchSpace& space);

}  // namespace stune::cli
