#include "cli/export_files.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/file.hpp"
#include "base/random.hpp"
#include "cli/export_sqlite.hpp"
#include "h5/writer.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

namespace fs = std::filesystem;

enum class Format : std::uint8_t { csv, hdf5, sqlite };

Format format_of(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".csv") return Format::csv;
  if (ending == ".h5" || ending == ".hdf5") return Format::hdf5;
  if (ending == ".sqlite" || ending == ".db") return Format::sqlite;
  throw UsageError("found \"" + path.string() + "\"; valid are names that end in .h5, .csv or .sqlite");
}

/// `write` makes a file of the name it is given, which then takes the place of `path`.
void replace_by(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  fs::path temporary = path;
  temporary += ".tmp-" + random_name(8);
  std::error_code failed;
  try {
    write(temporary);
  } catch (...) {
    fs::remove(temporary, failed);
    throw;
  }
  fs::rename(temporary, path, failed);
  if (!failed) return;
  fs::remove(temporary, failed);
  throw StorageError("cannot write " + path.string());
}

/// A column of one type; as numbers with NaN for "no value" where that is needed.
void write_column(h5::Writer& file, const ExportTable& table, std::size_t column) {
  const std::string name = table.name + "/" + table.columns[column].name;
  const bool complete = std::ranges::none_of(
      table.rows, [&](const auto& row) { return std::holds_alternative<std::monostate>(row[column]); });
  if (table.columns[column].type == ExportColumn::Type::text) {
    std::vector<std::string> texts;
    for (const auto& row : table.rows) {
      const auto* text = std::get_if<std::string>(&row[column]);
      texts.push_back(text ? *text : "");
    }
    return file.write(name, texts);
  }
  if (table.columns[column].type == ExportColumn::Type::integer && complete) {
    std::vector<std::int64_t> whole;
    for (const auto& row : table.rows) whole.push_back(std::get<std::int64_t>(row[column]));
    return file.write(name, whole);
  }
  std::vector<double> numbers;
  for (const auto& row : table.rows) {
    const auto* whole = std::get_if<std::int64_t>(&row[column]);
    const auto* number = std::get_if<double>(&row[column]);
    numbers.push_back(whole    ? static_cast<double>(*whole)
                      : number ? *number
                               : std::numeric_limits<double>::quiet_NaN());
  }
  file.write(name, numbers);
}

void write_hdf5(const fs::path& path, const std::vector<ExportTable>& tables) {
  h5::Writer file(path);
  for (const ExportTable& table : tables) {
    file.group(table.name);
    for (std::size_t i = 0; i < table.columns.size(); ++i) write_column(file, table, i);
  }
  file.close();
}

std::vector<fs::path> write_csv(const fs::path& path, const std::vector<ExportTable>& tables) {
  std::vector<fs::path> written;
  for (const ExportTable& table : tables) {
    fs::path file = path;
    if (table.name != "trials") file.replace_filename(path.stem().string() + "-" + table.name + ".csv");
    replace_file(file, to_csv(table), 0644);
    written.push_back(file);
  }
  return written;
}

}  // namespace

void check_export_name(const fs::path& path) {
  if (format_of(path) == Format::sqlite && !has_sqlite()) write_sqlite(path, {});
}

std::vector<fs::path> write_tables(const fs::path& path, const std::vector<ExportTable>& tables) {
  switch (format_of(path)) {
    case Format::csv:
      return write_csv(path, tables);
    case Format::hdf5:
      replace_by(path, [&](const fs::path& file) { write_hdf5(file, tables); });
      break;
    case Format::sqlite:
      replace_by(path, [&](const fs::path& file) { write_sqlite(file, tables); });
      break;
  }
  return {path};
}

}  // namespace stune::cli
