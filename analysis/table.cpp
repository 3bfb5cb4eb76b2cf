#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "base/display.hpp"
#include "stune/card.hpp"

namespace stune {
namespace {

using Line = std::vector<std::string>;

constexpr std::size_t between_columns = 2;  // between columns
constexpr std::size_t narrowest = 24;       // no column is made narrower than this
constexpr std::size_t longest_cell = 400;   // that a cell may be where room is scarce

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  std::ranges::replace(text, '\t', ' ');
  return printable(text);
}

/// Six significant digits: enough to compare trials, short enough for a terminal.
std::string cell(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  if (!number) return one_line(to_string(value));
  if (std::isnan(*number)) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", *number);
  return text;
}

/// Heads first.
std::vector<Line> lines_of(const Card& card) {
  std::vector<Line> lines(1);
  for (const std::string& name : card.columns) lines[0].push_back(one_line(name));
  for (const auto& row : card.rows) {
    lines.emplace_back();
    for (const Value& value : row) lines.back().push_back(cell(value));
  }
  return lines;
}

std::vector<std::size_t> widths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines[0].size(), 0);
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
  }
  return widths;
}

std::size_t needed(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), between_columns * (widths.size() - 1));
}

/// What has room: the widest columns become narrower, then the last ones are left out.
std::vector<std::size_t> fitting(std::vector<std::size_t> widths, std::size_t room) {
  while (needed(widths) > room) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest > narrowest) {
      --*widest;
    } else if (widths.size() > 1) {
      widths.pop_back();
    } else {
      break;
    }
  }
  return widths;
}

std::vector<Line> turned(const std::vector<Line>& lines) {
  std::vector<Line> columns(lines[0].size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) columns[i].push_back(line[i]);
  }
  return columns;
}

std::string laid_out(const std::vector<Line>& lines, const std::vector<std::size_t>& widths) {
  std::string text;
  for (const Line& line : lines) {
    std::vector<Line> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      cells.push_back(display_width(line[i]) > widths[i] ? wrapped(shortened(line[i], longest_cell), widths[i])
                                                         : Line{line[i]});
      height = std::max(height, cells.back().size());
    }
    for (std::size_t k = 0; k < height; ++k) {
      std::string padded;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const std::string part = k < cells[i].size() ? cells[i][k] : "";
        padded += part + std::string(widths[i] - display_width(part) + between_columns, ' ');
      }
      text += padded.substr(0, padded.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string to_text(const Card& card, std::size_t width) {
  std::string text = one_line(card.title) + "\n" + one_line(card.text) + "\n";
  if (card.columns.empty()) return text;
  std::vector<Line> lines = lines_of(card);
  const std::size_t room = width == 0 ? std::numeric_limits<std::size_t>::max() : width;
  const bool is_easier_from_top_to_bottom = card.rows.size() <= 4 && card.columns.size() > 6;
  if (is_easier_from_top_to_bottom && needed(widths_of(lines)) > room) lines = turned(lines);
  const std::vector<std::size_t> widths = fitting(widths_of(lines), room);
  text += laid_out(lines, widths);
  const std::size_t left_out = lines[0].size() - widths.size();
  if (left_out > 0) text += "(without " + std::to_string(left_out) + " more columns)\n";
  return text;
}

}  // namespace stune
