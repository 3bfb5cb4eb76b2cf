/// \file Reads JSON without a document in between: a text becomes a flat list of tokens, whose memory is used again for
/// the next one, and a cursor goes over them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stune/error.hpp"

namespace stune::json {

enum class Kind : std::uint8_t {
  begin_object,
  end_object,
  begin_array,
  end_array,
  key,
  text,
  integer,
  natural,
  real,
  flag,
  null,
  end
};

/// A part of the tape's texts.
struct Span {
  std::uint32_t offset, length;
};

struct Token {
  Kind kind = Kind::end;
  union {
    std::int64_t integer = 0;
    std::uint64_t natural;
    double real;
    bool flag;
    Span text;
  };
};

class Tape {
 public:
  /// Replaces the content. Throws StorageError saying where the text is no JSON (or nested deeper than 64).
  void parse(std::string_view text);
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view text(const Token& token) const { return {texts_.data() + token.text.offset, token.text.length}; }

 private:
  friend class Scanner;
  std::vector<Token> tokens_;
  std::string texts_;
};

/// Reads a tape from front to back. Every reader throws StorageError, with the last name read, if something else is
/// there.
class Cursor {
 public:
  explicit Cursor(const Tape& tape) : tape_(tape), next_(tape.tokens().data()) {}

  Kind peek() const { return next_->kind; }
  /// Calls `member(name)` for each member; it reads the value.
  template <typename Member>
  void object(Member&& member) {
    expect(Kind::begin_object, "an object");
    while (peek() != Kind::end_object) {
      name_ = tape_.text(*next_++);
      member(name_);
    }
    ++next_;
  }
  /// Calls `element()` for each element; it reads the value.
  template <typename Element>
  void array(Element&& element) {
    expect(Kind::begin_array, "an array");
    while (peek() != Kind::end_array) element();
    ++next_;
  }
  std::string_view text();
  /// The text that is next, without reading it.
  std::string_view peek_text() const { return tape_.text(*next_); }
  double number();  ///< any number, and the names of the non-finite ones
  std::int64_t integer();
  std::uint64_t natural();
  bool flag();
  /// An integer that an int can hold.
  int small();
  /// Reads over a value of any kind.
  void skip();
  [[noreturn]] void wrong(const char* expected) const;
  /// For a member nobody knows.
  [[noreturn]] void unknown() const;

 private:
  const Token& expect(Kind kind, const char* expected) {
    if (next_->kind != kind) wrong(expected);
    return *next_++;
  }

  const Tape& tape_;
  const Token* next_;
  std::string_view name_;
};

}  // namespace stune::json
