/// \file The parts that lines of the journal and requests have in common, written and read. For storage/ only.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "experiment/options.hpp"
#include "storage/json_reader.hpp"
#include "storage/json_writer.hpp"
#include "stune/runner.hpp"

namespace stune::storage {

/// Words that files hold for enumerators. They never change.
void write(json::Writer& out, TrialStatus status);
void write(json::Writer& out, JobState state);
void write(json::Writer& out, Cause cause);
void write(json::Writer& out, ParameterKind kind);

inline void write(json::Writer& out, bool value) { out.flag(value); }
inline void write(json::Writer& out, int value) { out.integer(value); }
inline void write(json::Writer& out, std::int64_t value) { out.integer(value); }
inline void write(json::Writer& out, std::uint64_t value) { out.natural(value); }
inline void write(json::Writer& out, double value) { out.number(value); }
inline void write(json::Writer& out, Seconds value) { out.number(value.count()); }
inline void write(json::Writer& out, TimePoint value) { out.integer(value.time_since_epoch().count()); }
inline void write(json::Writer& out, const std::string& value) { out.text(value); }
inline void write(json::Writer& out, const std::filesystem::path& value) { out.text(value.native()); }
void write(json::Writer& out, const Value& value);
void write(json::Writer& out, const Metadata& metadata);
void write(json::Writer& out, AttemptId id);                                ///< [trial, attempt]
void write(json::Writer& out, const std::pair<std::string, Value>& entry);  ///< [name, value]
void write(json::Writer& out, const Ending& ending);
void write(json::Writer& out, const Observation& observation);
void write(json::Writer& out, const Parameter& parameter);
void write(json::Writer& out, const Objective& objective);
void write(json::Writer& out, const OutcomeConstraint& constraint);
void write(json::Writer& out, const std::pair<std::string, Hdf5Source>& metric);
void write(json::Writer& out, const Command& command);
void write(json::Writer& out, const SearchSpace& space);
void write(json::Writer& out, const Definition& definition);
void write(json::Writer& out, const RunOptions& options);
template <typename Item>
void write(json::Writer& out, const std::optional<Item>& item) {
  write(out, *item);
}
template <typename Item>
void write(json::Writer& out, const std::vector<Item>& items) {
  out.begin_array();
  for (const Item& item : items) write(out, item);
  out.end_array();
}

/// All throw StorageError for what `write` does not write.
void read(json::Cursor& in, TrialStatus& status);
void read(json::Cursor& in, JobState& state);
void read(json::Cursor& in, Cause& cause);
void read(json::Cursor& in, ParameterKind& kind);
inline void read(json::Cursor& in, bool& value) { value = in.flag(); }
inline void read(json::Cursor& in, int& value) { value = in.small(); }
inline void read(json::Cursor& in, std::int64_t& value) { value = in.integer(); }
inline void read(json::Cursor& in, std::uint64_t& value) { value = in.natural(); }
inline void read(json::Cursor& in, double& value) { value = in.number(); }
inline void read(json::Cursor& in, Seconds& value) { value = Seconds(in.number()); }
inline void read(json::Cursor& in, TimePoint& value) { value = TimePoint(std::chrono::microseconds(in.integer())); }
inline void read(json::Cursor& in, std::string& value) { value = in.text(); }
inline void read(json::Cursor& in, std::filesystem::path& value) { value = in.text(); }
void read(json::Cursor& in, Value& value);
void read(json::Cursor& in, Metadata& metadata);
void read(json::Cursor& in, AttemptId& id);
void read(json::Cursor& in, std::pair<std::string, Value>& entry);
void read(json::Cursor& in, Ending& ending);
void read(json::Cursor& in, Observation& observation);
void read(json::Cursor& in, Parameter& parameter);
void read(json::Cursor& in, Objective& objective);
void read(json::Cursor& in, OutcomeConstraint& constraint);
void read(json::Cursor& in, std::pair<std::string, Hdf5Source>& metric);
void read(json::Cursor& in, Command& command);
void read(json::Cursor& in, SearchSpace& space);
void read(json::Cursor& in, Definition& definition);
void read(json::Cursor& in, RunOptions& options);
template <typename Item>
void read(json::Cursor& in, std::optional<Item>& item) {
  read(in, item.emplace());
}
template <typename Item>
void read(json::Cursor& in, std::vector<Item>& items) {
  items.clear();
  in.array([&] { read(in, items.emplace_back()); });
}

}  // namespace stune::storage
