#include "cli/export_sqlite.hpp"
#include "stune/error.hpp"

namespace stune::cli {

bool has_sqlite() { return false; }

void write_sqlite(const std::filesystem::path&, const std::vector<ExportTable>&) {
  throw ConfigError("this stune was built without SQLite; export to .h5 or .csv, or build it where sqlite3.h is found");
}

}  // namespace stune::cli
