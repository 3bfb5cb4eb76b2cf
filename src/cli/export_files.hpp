/// \file Tables as files: an old file stays until the new one is complete.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/export_tables.hpp"

namespace stune::cli {

/// Chooses the format by the name's ending: .csv (trials go to NAME.csv, each other table to NAME-<table>.csv), .h5 or
/// .hdf5 (a group for each table, a dataset for each column; no value is NaN, or an empty text), .sqlite or .db.
/// Returns the files that were written. Throws UsageError for other endings, StorageError.
std::vector<std::filesystem::path> write_tables(const std::filesystem::path& path,
                                                const std::vector<ExportTable>& tables);

/// Throws as write_tables() would for the ending.
void check_export_name(const std::filesystem::path& path);

}  // namespace stune::cli
