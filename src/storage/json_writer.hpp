/// \file Writes JSON for small records of our own. Numbers and bytes keep their types and values as codec.hpp
/// describes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stune::json {

/// Appends to `out`, which it does not own. Puts the commas.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }
  void key(std::string_view name);

  void text(std::string_view value);
  void number(double value);  ///< non-finite: as text
  /// For people and other programs, not to be read back: at most so many significant digits; non-finite: null.
  void rounded(double value, int significant);
  void integer(std::int64_t value);
  void natural(std::uint64_t value);
  void flag(bool value);

 private:
  void open(char bracket);
  void separate();

  std::string& out_;
};

}  // namespace stune::json
