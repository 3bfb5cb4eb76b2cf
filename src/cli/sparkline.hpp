/// \file The best value so far as a small picture of one line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::cli {

enum class Glyphs : std::uint8_t { blocks, ascii };
/// Those that the locale of the environment can show.
Glyphs glyphs_of_locale();

/// One glyph for each of at most `width` equal parts of the values, the higher (in ASCII: the darker) the higher the
/// last value in it is; empty where fewer than two values differ. Pure.
std::string sparkline(const std::vector<double>& values, std::size_t width, Glyphs glyphs = Glyphs::blocks);

/// "▇▆▃▂▁  0.505 to 3.26": how the best value came about; empty where it never changed.
std::string trace_picture(const Experiment& experiment, Glyphs glyphs = glyphs_of_locale());

/// The same where standard output is a terminal; else empty.
std::string trace_text(const Experiment& experiment);

}  // namespace stune::cli
