/// \file Tables as an SQLite database.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/export_tables.hpp"

namespace stune::cli {

/// Was this program built with SQLite?
bool has_sqlite();

/// A new database at `path`, which must not exist; its bytes are safe on return. Throws StorageError; ConfigError
/// where this program was built without SQLite.
void write_sqlite(const std::filesystem::path& path, const std::vector<ExportTable>& tables);

}  // namespace stune::cli
