/// \file The parts that lines of the journal and requests have in common, written and read. For storage/ only.
///
/// A record is described once, by `fields(field, record)`, which calls `field(name, member)` for each member; the same
/// list writes and reads it.
#pragma once

#include <chrono>
#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>

#include "experiment/options.hpp"
#include "storage/json.hpp"
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

/// A Record, const or not: for fields() that serve both directions.
template <typename T, typename Record>
concept Like = std::same_as<std::remove_const_t<T>, Record>;

class FieldWriter {
 public:
  explicit FieldWriter(json::Writer& out) : out_(out) {}
  template <typename T>
  void operator()(std::string_view name, const T& value) {
    out_.key(name);
    write(out_, value);
  }
  /// Left out where it is `usual`.
  template <typename T>
  void rare(std::string_view name, const T& value, const T& usual = {}) {
    if (!same(value, usual)) (*this)(name, value);
  }

 private:
  template <typename T>
  static bool same(const T& a, const T& b) {
    if constexpr (std::floating_point<T>) {
      if (std::isnan(a) && std::isnan(b)) return true;
    }
    return a == b;
  }

  json::Writer& out_;
};

/// Reads the value of the member `name` into the field of that name, if there is one.
class FieldReader {
 public:
  FieldReader(json::Cursor& in, std::string_view name) : in_(in), name_(name) {}
  template <typename T>
  void operator()(std::string_view name, T& value) {
    if (found_ || name != name_) return;
    read(in_, value);
    found_ = true;
  }
  template <typename T>
  void rare(std::string_view name, T& value, const T& = {}) {
    (*this)(name, value);
  }
  bool found() const { return found_; }

 private:
  json::Cursor& in_;
  std::string_view name_;
  bool found_ = false;
};

template <typename Record>
void write_record(json::Writer& out, const Record& record) {
  out.begin_object();
  FieldWriter field(out);
  fields(field, record);
  out.end_object();
}

template <typename Record>
void read_record(json::Cursor& in, Record& record) {
  record = {};
  in.object([&](std::string_view name) {
    FieldReader field(in, name);
    fields(field, record);
    if (!field.found()) in.unknown();
  });
}

}  // namespace stune::storage
