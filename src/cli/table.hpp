/// \file Aligned columns for a terminal.
#pragma once

#include <string>
#include <vector>

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

/// Columns that a text takes on a terminal: characters, not bytes.
std::size_t display_width(const std::string& text);
/// The text with what could disturb a terminal (control characters) replaced by '?'.
std::string printable(std::string text);

}  // namespace stune::cli
