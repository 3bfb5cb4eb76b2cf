/// \file Records described once. For storage/ only.
///
/// `fields(field, record)` calls `field(name, member)` for each member of a record; the same list writes and reads it.
#pragma once

#include <cmath>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "storage/records.hpp"

namespace stune::storage {

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
