/// \file A result to look at: a table, figures, and sentences that say what to look for. Declarative: what draws it is
/// elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stune/value.hpp"

namespace stune {

struct FigureAxis {
  std::string title{};  ///< with its unit where there is one: "time / h"
  bool log = false;     ///< to be drawn on a logarithmic scale; all values are then positive
  /// Not empty: positions on this axis are indices into these names, 0 for the first.
  std::vector<std::string> categories{};
};

/// One thing to draw. x and y have one entry for each point; a NaN in y is a gap.
///
///     kind      draws                                           low, high             z
///     line      x, y joined                                     -                     -
///     step      y holds until the next x                        -                     -
///     points    x, y                                            error bars, or empty  colours, or empty
///     band      the area between low and high along x           its edges             -      (y: empty)
///     bars      a horizontal bar from 0 to x at height y        error bars of x       -
///     spans     horizontal bars from low to high at height y    ends, in x's unit     -      (x: empty)
///     map       a colour for each cell of the grid x times y    -                     z[iy * x.size() + ix]
///     parallel  one polyline for each entry of z                -                     colours
struct Trace {
  enum class Kind : std::uint8_t { line, step, points, band, bars, spans, map, parallel };
  Kind kind = Kind::line;
  std::string name{};  ///< for the legend; traces of one name and kind belong together
  std::vector<double> x{}, y{};
  std::vector<double> low{}, high{};  ///< absolute positions, not distances
  std::vector<double> z{};
  std::vector<std::vector<double>> columns{};  ///< parallel only: for each of Figure::axes one value for each line
  std::vector<std::string> labels{};           ///< empty, or what to say of each point, in plain text
  std::vector<std::string> marks{};            ///< points only: empty, or what is written beside each; none is left out
};

struct Figure {
  std::string title{};
  std::string look_for{};  ///< one sentence
  FigureAxis x{}, y{};
  std::string colour{};            ///< what z means; empty where nothing has a colour of its own
  std::vector<Trace> traces{};     ///< in the order in which they are to be drawn, the last one on top
  std::vector<FigureAxis> axes{};  ///< of parallel coordinates, left to right; empty in all other figures
};

struct Card {
  std::string name{};  ///< of the analysis: "Summary", "Best trial", ...
  std::string title{};
  std::string text{};  ///< one or two sentences for people
  std::vector<std::string> columns{};
  std::vector<std::vector<Value>> rows{};  ///< as many values as columns; an empty text is "no value"
  std::vector<Figure> figures{};
};

/// As aligned text for a terminal of `width` columns, 0 for any; without its figures. Where that is narrower than the
/// table, long texts are broken into lines and the last columns left out, which is said. Control characters are
/// replaced.
std::string to_text(const Card& card, std::size_t width = 0);

}  // namespace stune
