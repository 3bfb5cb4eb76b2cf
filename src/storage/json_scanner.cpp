#include <charconv>
#include <limits>

#include "storage/json_reader.hpp"
#include "storage/utf8.hpp"

namespace stune::json {

namespace {

constexpr int deepest = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_surrogate(std::uint32_t code) { return code >= 0xd800 && code <= 0xdfff; }

}  // namespace

/// RFC 8259 by recursive descent. Our own because reading is all of a replay: with std::from_chars and without a copy
/// of each character it is several times as fast as a general parser.
class Scanner {
 public:
  Scanner(std::string_view text, Tape& tape)
      : begin_(text.data()), next_(begin_), end_(begin_ + text.size()), tape_(tape) {}

  void document() {
    value(0);
    space();
    if (next_ != end_) wrong();
  }

 private:
  char peek() const { return next_ != end_ ? *next_ : '\0'; }
  void space() {
    while (next_ != end_ && (*next_ == ' ' || *next_ == '\n' || *next_ == '\t' || *next_ == '\r')) ++next_;
  }
  bool take(char c) {
    space();
    if (peek() != c || next_ == end_) return false;
    ++next_;
    return true;
  }
  void need(char c) {
    if (!take(c)) wrong();
  }
  [[noreturn]] void wrong() const {
    const std::string_view rest(next_, static_cast<std::size_t>(end_ - next_));
    throw StorageError("no JSON at byte " + std::to_string(next_ - begin_ + 1) +
                       (rest.empty() ? ": it ends there" : ", near '" + std::string(rest.substr(0, 20)) + "'"));
  }
  Token& push(Kind kind) {
    Token& token = tape_.tokens_.emplace_back();
    token.kind = kind;
    return token;
  }

  void value(int depth) {
    space();
    switch (peek()) {
      case '{':
        return object(depth + 1);
      case '[':
        return array(depth + 1);
      case '"':
        return text(Kind::text);
      case 't':
        word("true");
        push(Kind::flag).flag = true;
        return;
      case 'f':
        word("false");
        push(Kind::flag).flag = false;
        return;
      case 'n':
        word("null");
        push(Kind::null);
        return;
      default:
        number();
    }
  }

  void object(int depth) {
    if (depth > deepest) wrong();
    ++next_;
    push(Kind::begin_object);
    if (!take('}')) {
      do {
        space();
        if (peek() != '"') wrong();
        text(Kind::key);
        need(':');
        value(depth);
      } while (take(','));
      need('}');
    }
    push(Kind::end_object);
  }

  void array(int depth) {
    if (depth > deepest) wrong();
    ++next_;
    push(Kind::begin_array);
    if (!take(']')) {
      do value(depth);
      while (take(','));
      need(']');
    }
    push(Kind::end_array);
  }

  void word(std::string_view expected) {
    if (!std::string_view(next_, static_cast<std::size_t>(end_ - next_)).starts_with(expected)) wrong();
    next_ += expected.size();
  }

  void digits() {
    if (!is_digit(peek())) wrong();
    while (is_digit(peek())) ++next_;
  }

  void number() {
    const char* const first = next_;
    if (peek() == '-') ++next_;
    if (peek() == '0') {
      ++next_;
    } else {
      digits();
    }
    bool real = false;
    if (peek() == '.') {
      real = true;
      ++next_;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      real = true;
      ++next_;
      if (peek() == '+' || peek() == '-') ++next_;
      digits();
    }
    if (real || !whole_number(first)) real_number(first);
  }

  /// False if it needs more than 64 bits.
  bool whole_number(const char* first) {
    if (*first == '-') {
      Token& token = push(Kind::integer);
      if (std::from_chars(first, next_, token.integer).ec == std::errc{}) return true;
    } else {
      Token& token = push(Kind::natural);
      if (std::from_chars(first, next_, token.natural).ec == std::errc{}) return true;
    }
    tape_.tokens_.pop_back();
    return false;
  }

  void real_number(const char* first) {
    double value = 0.0;
    const auto result = std::from_chars(first, next_, value);
    if (result.ec != std::errc{}) wrong();
    push(Kind::real).real = value;
  }

  void text(Kind kind) {
    ++next_;
    const std::size_t offset = tape_.texts_.size();
    while (true) {
      const char* const run = next_;
      while (next_ != end_ && *next_ != '"' && *next_ != '\\' && static_cast<unsigned char>(*next_) >= 0x20) ++next_;
      append(std::string_view(run, static_cast<std::size_t>(next_ - run)));
      if (peek() != '\\') break;
      ++next_;
      escape();
    }
    if (peek() != '"') wrong();
    ++next_;
    Token& token = push(kind);
    token.text.offset = static_cast<std::uint32_t>(offset);
    token.text.length = static_cast<std::uint32_t>(tape_.texts_.size() - offset);
  }

  void append(std::string_view run) {
    if (run.find('\xee') == std::string_view::npos) {
      tape_.texts_ += run;
    } else {
      utf8::append_unescaped(run, tape_.texts_);
    }
  }

  void escape() {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = peek();
    if (letter == 'u') return unicode_escape();
    const std::size_t which = letter == '\0' ? std::string_view::npos : letters.find(letter);
    if (which == std::string_view::npos) wrong();
    tape_.texts_ += meanings[which];
    ++next_;
  }

  void unicode_escape() {
    std::uint32_t code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && peek() == '\\') {
      ++next_;
      const std::uint32_t low = hex4();
      if (low < 0xdc00 || low > 0xdfff) wrong();
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (is_surrogate(code)) wrong();
    std::string character;
    utf8::append_code_point(code, character);
    append(character);
  }

  /// The four digits after 'u'.
  std::uint32_t hex4() {
    std::uint32_t code = 0;
    if (peek() != 'u' || end_ - next_ < 5 || std::from_chars(next_ + 1, next_ + 5, code, 16).ptr != next_ + 5) wrong();
    next_ += 5;
    return code;
  }

  const char* begin_;
  const char* next_;
  const char* end_;
  Tape& tape_;
};

void Tape::parse(std::string_view text) {
  tokens_.clear();
  texts_.clear();
  if (text.size() > std::numeric_limits<std::uint32_t>::max() / 2) throw StorageError("too long to be one of ours");
  Scanner(text, *this).document();
  tokens_.push_back({});
}

}  // namespace stune::json
