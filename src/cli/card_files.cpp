#include "cli/card_files.hpp"

#include <cctype>
#include <cmath>

#include "base/file.hpp"
#include "cli/export_tables.hpp"

namespace stune::cli {

namespace {

Cell exported(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return std::isnan(*number) ? Cell{} : Cell{*number};
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  return to_string(value);
}

}  // namespace

std::string csv_name(const Card& card) {
  std::string name;
  for (const char c : card.name) {
    name += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                                                        : '_';
  }
  return name + ".csv";
}

std::string to_csv(const Card& card) {
  ExportTable table{card.name, {}, {}};
  for (const std::string& name : card.columns) table.columns.push_back({name});
  for (const auto& row : card.rows) {
    auto& cells = table.rows.emplace_back();
    for (const Value& value : row) cells.push_back(exported(value));
  }
  return to_csv(table);
}

std::vector<std::string> write_card_tables(const std::vector<Card>& cards, const std::filesystem::path& folder) {
  create_folders(folder);
  std::vector<std::string> names;
  for (const Card& card : cards) {
    if (card.rows.empty()) continue;
    names.push_back(csv_name(card));
    replace_file(folder / names.back(), to_csv(card), 0644);
  }
  return names;
}

}  // namespace stune::cli
