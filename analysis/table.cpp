#include <algorithm>
#include <cmath>
#include <cstdio>

#include "stune/card.hpp"

namespace stune {
namespace {

/// Six significant digits: enough to compare trials, short enough for a terminal.
std::string cell(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  if (!number) return to_string(value);
  if (std::isnan(*number)) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", *number);
  return text;
}

/// Columns of a terminal that UTF-8 text takes, for scripts with one column a character.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string to_text(const Card& card) {
  std::vector<std::vector<std::string>> lines = {card.columns};
  for (const auto& row : card.rows) {
    lines.emplace_back();
    for (const Value& value : row) {
      std::string text = cell(value);
      std::ranges::replace(text, '\n', ' ');
      lines.back().push_back(std::move(text));
    }
  }
  std::vector<std::size_t> widths(card.columns.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  std::string text = card.title + "\n" + card.text + "\n";
  for (const auto& line : lines) {
    std::string padded;
    for (std::size_t i = 0; i < line.size(); ++i) {
      padded += line[i] + std::string(widths[i] - width(line[i]) + 2, ' ');
    }
    text += padded.substr(0, padded.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace stune
