/// \file Cards as JSON: for the page, with what a browser can draw, or for programs, with everything.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "stune/card.hpp"

namespace stune::json {
class Writer;
}

namespace stune::analysis {

struct Detail {
  int figure_digits = 17;                                               ///< significant ones, of numbers in figures
  std::size_t figure_points = std::numeric_limits<std::size_t>::max();  ///< of all traces of a figure together
  bool labels_once = false;  ///< a label that is the same as the one before is written as 0
};

/// Which of `count` points are shown where `most` can be: evenly chosen ones, the first and the last, and those where
/// y is lowest and highest (`y` may be shorter or empty). Ascending. O(count).
std::vector<std::size_t> thinned(std::size_t count, const std::vector<double>& y, std::size_t most);

/// Writes an array of objects with the members of Card. A figure that has lost points has "shown" and "points", too.
void write_cards(json::Writer& out, const std::vector<Card>& cards, const Detail& detail);

}  // namespace stune::analysis
