#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "storage/json.hpp"
#include "storage/utf8.hpp"

namespace stune::json {

/// What nlohmann's parser calls: every token goes to the end of the tape.
struct TapeHandler {
  using Text = nlohmann::json::string_t;

  Tape& tape;
  std::string problem{};

  bool push(Token token) {
    tape.tokens_.push_back(token);
    return true;
  }
  bool push_text(Kind kind, const Text& value) {
    Token token{.kind = kind, .integer = 0};
    const std::size_t offset = tape.texts_.size();
    if (value.find('\xee') == Text::npos) {
      tape.texts_ += value;
    } else {
      utf8::append_unescaped(value, tape.texts_);
    }
    token.text.offset = static_cast<std::uint32_t>(offset);
    token.text.length = static_cast<std::uint32_t>(tape.texts_.size() - offset);
    return push(token);
  }

  bool null() { return push({.kind = Kind::null, .integer = 0}); }
  bool boolean(bool value) { return push({.kind = Kind::flag, .flag = value}); }
  bool number_integer(std::int64_t value) { return push({.kind = Kind::integer, .integer = value}); }
  bool number_unsigned(std::uint64_t value) { return push({.kind = Kind::natural, .natural = value}); }
  bool number_float(double value, const Text&) { return push({.kind = Kind::real, .real = value}); }
  bool string(const Text& value) { return push_text(Kind::text, value); }
  bool binary(const nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return push({.kind = Kind::begin_object, .integer = 0}); }
  bool key(const Text& value) { return push_text(Kind::key, value); }
  bool end_object() { return push({.kind = Kind::end_object, .integer = 0}); }
  bool start_array(std::size_t) { return push({.kind = Kind::begin_array, .integer = 0}); }
  bool end_array() { return push({.kind = Kind::end_array, .integer = 0}); }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception&) {
    problem = "no JSON at byte " + std::to_string(position) + ", near '" + token + "'";
    return false;
  }
};

void Tape::parse(std::string_view text) {
  tokens_.clear();
  texts_.clear();
  if (text.size() > std::numeric_limits<std::uint32_t>::max() / 2) throw StorageError("too long to be one of ours");
  TapeHandler handler{*this};
  if (!nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &handler)) {
    tokens_.clear();
    throw StorageError(handler.problem);
  }
  tokens_.push_back({});
}

}  // namespace stune::json
