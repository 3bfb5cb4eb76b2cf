#include "cli/export_tables.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace stune::cli {

namespace {

Cell real_cell(double value) { return std::isnan(value) ? Cell{} : Cell{value}; }
Cell time_cell(const std::optional<TimePoint>& time) { return time ? Cell{to_iso(*time)} : Cell{}; }
Cell count_cell(std::int64_t value) { return value; }

ExportColumn::Type type_of(const Parameter& parameter) {
  using enum ExportColumn::Type;
  if (parameter.kind == ParameterKind::real) return real;
  if (parameter.kind == ParameterKind::integer || parameter.kind == ParameterKind::boolean) return integer;
  const auto all = [&](auto is) { return std::ranges::all_of(parameter.values, is); };
  if (all([](const Value& v) { return std::holds_alternative<std::int64_t>(v); })) return integer;
  if (all([](const Value& v) { return !std::holds_alternative<std::string>(v) && !std::holds_alternative<bool>(v); }))
    return real;
  return text;
}

Cell value_cell(const Value& value, ExportColumn::Type type) {
  using enum ExportColumn::Type;
  if (type == text) return to_string(value);
  if (type == real) return real_cell(to_number(value));
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  return static_cast<std::int64_t>(to_number(value));
}

/// SQL does not tell X from x.
std::string new_name(std::string name, std::set<std::string>& taken) {
  const auto lower = [](std::string word) {
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return word;
  };
  const std::string wanted = name;
  for (int k = 2; !taken.insert(lower(name)).second; ++k) name = wanted + "_" + std::to_string(k);
  return name;
}

std::vector<Cell> trial_row(const Experiment& experiment, const Trial& trial,
                            const std::vector<ExportColumn::Type>& types) {
  const auto value = objective_of(experiment, trial);
  std::vector<Cell> row{count_cell(trial.index),
                        std::string(to_string(trial.status)),
                        trial.generator,
                        count_cell(experiment.is_manual(trial.index) ? 1 : 0),
                        trial.reason,
                        value ? real_cell(value->mean) : Cell{},
                        value ? real_cell(value->sem) : Cell{},
                        time_cell(trial.created),
                        time_cell(trial.ended)};
  for (std::size_t i = 0; i < types.size(); ++i) row.push_back(value_cell(trial.parameters.value(i), types[i]));
  return row;
}

ExportTable experiment_table(const Experiment& experiment) {
  using enum ExportColumn::Type;
  const Objective& objective = experiment.definition().optimization.objectives.front();
  return {"experiment",
          {{"name", text},
           {"objective", text},
           {"minimize", integer},
           {"created", text},
           {"last_change", text},
           {"schema", integer}},
          {{experiment.definition().name, objective.metric, count_cell(objective.minimize ? 1 : 0),
            time_cell(experiment.created()), time_cell(experiment.last_change()), export_schema}}};
}

ExportTable observations_table(const Experiment& experiment) {
  using enum ExportColumn::Type;
  ExportTable table{
      "observations",
      {{"trial", integer}, {"metric", text}, {"step", integer}, {"mean", real}, {"sem", real}, {"at", text}},
      {}};
  for (const Trial& trial : experiment.trials()) {
    for (const Observation& o : trial.observations) {
      table.rows.push_back({count_cell(trial.index), o.metric, o.step == final_step ? Cell{} : Cell{o.step},
                            real_cell(o.mean), real_cell(o.sem), time_cell(o.at)});
    }
  }
  return table;
}

std::string metadata_text(const Metadata& metadata) {
  return nlohmann::json(metadata).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Cell> attempt_row(int trial, std::size_t k, const Attempt& attempt) {
  std::vector<Cell> row{count_cell(trial), count_cell(static_cast<std::int64_t>(k)),
                        std::string(to_string(attempt.state)), time_cell(attempt.submitted)};
  const Ending ending = attempt.ending.value_or(Ending{});
  row.push_back(time_cell(ending.started ? ending.started : attempt.started));
  if (!attempt.ending) {
    row.resize(13);
  } else {
    row.insert(row.end(), {time_cell(ending.ended), std::string(to_string(ending.cause)), count_cell(ending.exit_code),
                           count_cell(ending.signal), ending.host, ending.detail, real_cell(ending.cpu_seconds),
                           count_cell(ending.peak_memory)});
  }
  row.emplace_back(metadata_text(attempt.metadata));
  row.push_back(ending.nodes > 0 ? count_cell(ending.nodes) : Cell{});
  return row;
}

ExportTable attempts_table(const Experiment& experiment) {
  using enum ExportColumn::Type;
  ExportTable table{"attempts",
                    {{"trial", integer},
                     {"attempt", integer},
                     {"state", text},
                     {"submitted", text},
                     {"started", text},
                     {"ended", text},
                     {"cause", text},
                     {"exit_code", integer},
                     {"signal", integer},
                     {"host", text},
                     {"detail", text},
                     {"cpu_seconds", real},
                     {"peak_memory", integer},
                     {"metadata", text},
                     {"nodes", integer}},
                    {}};
  for (const Trial& trial : experiment.trials()) {
    for (std::size_t k = 0; k < trial.attempts.size(); ++k)
      table.rows.push_back(attempt_row(trial.index, k, trial.attempts[k]));
  }
  return table;
}

std::string csv_field(const std::string& plain) {
  if (plain.find_first_of("\",\r\n") == std::string::npos) return plain;
  std::string quoted = "\"";
  for (const char c : plain) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string csv_cell(const Cell& cell) {
  if (const auto* words = std::get_if<std::string>(&cell)) return csv_field(*words);
  if (const auto* number = std::get_if<double>(&cell)) return format_number(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
  return {};
}

}  // namespace

ExportTable trials_table_for_export(const Experiment& experiment) {
  using enum ExportColumn::Type;
  ExportTable table{"trials",
                    {{"trial", integer},
                     {"status", text},
                     {"generator", text},
                     {"by_hand", integer},
                     {"reason", text},
                     {"objective", real},
                     {"sem", real},
                     {"created", text},
                     {"ended", text}},
                    {}};
  std::vector<ExportColumn::Type> types;
  std::set<std::string> taken;
  for (const Parameter& parameter : experiment.definition().space.parameters()) {
    types.push_back(type_of(parameter));
    table.columns.push_back({new_name("param_" + parameter.name, taken), types.back()});
  }
  for (const Trial& trial : experiment.trials()) table.rows.push_back(trial_row(experiment, trial, types));
  return table;
}

std::vector<ExportTable> export_tables(const Experiment& experiment) {
  return {experiment_table(experiment), trials_table_for_export(experiment), observations_table(experiment),
          attempts_table(experiment)};
}

std::string to_csv(const ExportTable& table) {
  std::string csv;
  const auto end_row = [&] {
    csv.back() = '\r';
    csv += '\n';
  };
  for (const ExportColumn& column : table.columns) csv += csv_field(column.name) + ',';
  end_row();
  for (const auto& row : table.rows) {
    for (const Cell& cell : row) csv += csv_cell(cell) + ',';
    end_row();
  }
  return csv;
}

}  // namespace stune::cli
