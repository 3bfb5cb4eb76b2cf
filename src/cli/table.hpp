/// \file Aligned columns for a terminal.
#pragma once

#include <string>
#include <vector>

#include "base/display.hpp"

namespace stune::cli {

/// Grows row by row; a column is as wide as its widest cell, with two spaces between columns.
class Table {
 public:
  enum class Align : unsigned char { left, right };
  struct Column {
    std::string title;
    Align align = Align::right;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as columns.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// Title line and rows, each with LF and without trailing spaces. Columns without any content are left out.
  /// O(cells).
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stune::cli
