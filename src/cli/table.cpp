#include "cli/table.hpp"

#include <algorithm>

namespace stune::cli {

namespace {

void append(std::string& line, const std::string& cell, std::size_t width, Table::Align align) {
  const std::string pad(width - std::min(width, display_width(cell)), ' ');
  line += align == Table::Align::right ? pad + cell : cell + pad;
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < columns_.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::vector<std::size_t> shown;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (widths[c] > 0 || rows_.empty()) shown.push_back(c);
    widths[c] = std::max(widths[c], display_width(columns_[c].title));
  }
  std::string all;
  const auto add_line = [&](auto&& cell_of) {
    std::string line;
    for (const std::size_t c : shown) {
      if (!line.empty() || c != shown.front()) line += "  ";
      append(line, cell_of(c), widths[c], columns_[c].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    all += line + "\n";
  };
  add_line([&](std::size_t c) { return columns_[c].title; });
  for (const auto& row : rows_) add_line([&](std::size_t c) { return row[c]; });
  return all;
}

}  // namespace stune::cli
