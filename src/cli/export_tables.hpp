/// \file An experiment as tables, for whoever wants to go on with other tools. Pure.
///
///     experiment    one row: name, objective, minimize, created, last_change, schema
///     trials        one for each trial: trial status generator by_hand reason objective sem created ended, then
///                   param_<name> for each parameter
///     observations  one for each value: trial metric step mean sem      step: no value for a final one
///     attempts      one for each attempt: trial attempt state submitted started ended cause exit_code signal host
///                   detail cpu_seconds peak_memory metadata
///
/// Times are UTC as in 2026-11-23T18:38:53.25Z, peak_memory is in bytes, metadata is a JSON object. Names of columns
/// stay; new columns may come at the end, and then `schema` grows.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::cli {

inline constexpr std::int64_t export_schema = 2;

/// A text, a number, or (monostate) no value.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

struct ExportColumn {
  enum class Type : std::uint8_t { integer, real, text };
  std::string name;
  Type type = Type::text;
};

struct ExportTable {
  std::string name;
  std::vector<ExportColumn> columns;
  std::vector<std::vector<Cell>> rows;  ///< as many cells as columns, each of its column's type or none
};

ExportTable trials_table_for_export(const Experiment& experiment);
/// All four; `experiment` first.
std::vector<ExportTable> export_tables(const Experiment& experiment);

/// RFC 4180: CRLF, quotes where needed; numbers in the shortest form that reads back the same; no value is empty.
std::string to_csv(const ExportTable& table);

}  // namespace stune::cli
