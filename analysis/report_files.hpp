/// \file What a report is made of besides its data: files of this folder and Plotly.js, as they were when this was
/// built.
#pragma once

#include <array>
#include <string_view>

namespace stune::analysis {

std::string_view report_style();                   ///< report.css
std::array<std::string_view, 4> report_scripts();  ///< the page's own JavaScript, in its order
std::string_view plotly();                         ///< Plotly.js; empty where it was not found when this was built

}  // namespace stune::analysis
