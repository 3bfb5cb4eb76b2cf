#include <limits>

#include "storage/json_reader.hpp"

namespace stune::json {

namespace {

const char* words(Kind kind) {
  switch (kind) {
    case Kind::begin_object:
      return "an object";
    case Kind::begin_array:
      return "an array";
    case Kind::text:
      return "a text";
    case Kind::integer:
    case Kind::natural:
      return "an integer";
    case Kind::real:
      return "a float";
    case Kind::flag:
      return "true or false";
    case Kind::null:
      return "null";
    default:
      return "nothing";
  }
}

}  // namespace

void Cursor::wrong(const char* expected) const {
  throw StorageError("member \"" + std::string(name_) + "\": expected " + expected + ", found " + words(peek()));
}

void Cursor::unknown() const { throw StorageError("unknown member \"" + std::string(name_) + "\""); }

std::string_view Cursor::text() { return tape_.text(expect(Kind::text, "a text")); }

bool Cursor::flag() { return expect(Kind::flag, "true or false").flag; }

double Cursor::number() {
  switch (peek()) {
    case Kind::real:
      return (next_++)->real;
    case Kind::integer:
      return static_cast<double>((next_++)->integer);
    case Kind::natural:
      return static_cast<double>((next_++)->natural);
    case Kind::text:
      if (const auto text = tape_.text(*next_); text == "nan") {
        return ++next_, std::numeric_limits<double>::quiet_NaN();
      } else if (text == "inf" || text == "-inf") {
        return ++next_,
               text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
      }
      [[fallthrough]];
    default:
      wrong("a number");
  }
}

std::int64_t Cursor::integer() {
  if (peek() == Kind::integer) return (next_++)->integer;
  if (peek() != Kind::natural || next_->natural > std::numeric_limits<std::int64_t>::max())
    wrong("an integer of 64 bits");
  return static_cast<std::int64_t>((next_++)->natural);
}

std::uint64_t Cursor::natural() { return expect(Kind::natural, "an integer not below 0").natural; }

void Cursor::skip() {
  int depth = 0;
  do {
    if (peek() == Kind::end) wrong("a value");
    if (peek() == Kind::begin_object || peek() == Kind::begin_array) ++depth;
    if (peek() == Kind::end_object || peek() == Kind::end_array) --depth;
    ++next_;
  } while (depth > 0);
}

int Cursor::small() {
  const std::int64_t value = integer();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) wrong("a smaller integer");
  return static_cast<int>(value);
}

}  // namespace stune::json
