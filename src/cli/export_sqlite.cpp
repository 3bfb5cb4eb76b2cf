#include "cli/export_sqlite.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

#include "stune/error.hpp"

namespace stune::cli {

namespace {

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

void expect(int code, int wanted, sqlite3* database) {
  if (code != wanted) throw StorageError(std::string("cannot write the database: ") + sqlite3_errmsg(database));
}

void execute(sqlite3* database, const std::string& sql) {
  expect(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK, database);
}

std::string identifier(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

const char* sql_type(ExportColumn::Type type) {
  switch (type) {
    case ExportColumn::Type::integer:
      return " INTEGER";
    case ExportColumn::Type::real:
      return " REAL";
    case ExportColumn::Type::text:
      break;
  }
  return " TEXT";
}

std::string create_sql(const ExportTable& table) {
  std::string columns;
  for (const ExportColumn& column : table.columns) {
    columns.append(columns.empty() ? "" : ", ").append(identifier(column.name)).append(sql_type(column.type));
  }
  if (table.name == "trials") columns += ", PRIMARY KEY (trial)";
  if (table.name == "attempts") columns += ", PRIMARY KEY (trial, attempt)";
  return "CREATE TABLE " + identifier(table.name) + " (" + columns + ")";
}

int bind(sqlite3_stmt* statement, int place, const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return sqlite3_bind_int64(statement, place, *whole);
  if (const auto* number = std::get_if<double>(&cell)) return sqlite3_bind_double(statement, place, *number);
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, place);
}

void fill(sqlite3* database, const ExportTable& table) {
  std::string places;
  for (std::size_t i = 0; i < table.columns.size(); ++i) places += i == 0 ? "?" : ", ?";
  const std::string sql = "INSERT INTO " + identifier(table.name) + " VALUES (" + places + ")";
  sqlite3_stmt* made = nullptr;
  expect(sqlite3_prepare_v2(database, sql.c_str(), -1, &made, nullptr), SQLITE_OK, database);
  const Statement statement(made);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      expect(bind(statement.get(), static_cast<int>(i) + 1, row[i]), SQLITE_OK, database);
    }
    expect(sqlite3_step(statement.get()), SQLITE_DONE, database);
    sqlite3_reset(statement.get());
  }
}

}  // namespace

bool has_sqlite() { return true; }

void write_sqlite(const std::filesystem::path& path, const std::vector<ExportTable>& tables) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(path.c_str(), &opened);
  const Database database(opened);
  expect(code, SQLITE_OK, database.get());
  // Nobody sees it before it is complete, so it needs neither locks (NFS may have none) nor a journal.
  execute(database.get(),
          "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL; BEGIN");
  for (const ExportTable& table : tables) {
    execute(database.get(), create_sql(table));
    fill(database.get(), table);
  }
  execute(database.get(), "CREATE INDEX observations_trial ON observations (trial); COMMIT");
}

}  // namespace stune::cli
