#include "storage/json_writer.hpp"

#include <charconv>
#include <cmath>

#include "storage/utf8.hpp"

namespace stune::json {

namespace {

constexpr char digits[] = "0123456789abcdef";

/// The escape of a character that must not stand in a JSON text as it is.
void escape(unsigned char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[c >> 4];
      out += digits[c & 15];
  }
}

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

void Writer::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':' && last != '\n') out_ += ',';
}

void Writer::open(char bracket) {
  separate();
  out_ += bracket;
}

void Writer::key(std::string_view name) {
  text(name);
  out_ += ':';
}

void Writer::text(std::string_view value) {
  separate();
  out_ += '"';
  for (std::size_t i = 0; i < value.size();) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (is_plain(c)) {
      out_ += value[i++];
    } else if (c < 0x80) {
      escape(c, out_);
      ++i;
    } else if (const std::size_t length = utf8::kept_sequence(value.substr(i))) {
      out_ += value.substr(i, length);
      i += length;
    } else {
      utf8::append_escaped_byte(c, out_);
      ++i;
    }
  }
  out_ += '"';
}

void Writer::number(double value) {
  if (!std::isfinite(value)) return text(std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
  separate();
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view written(buffer, static_cast<std::size_t>(end - buffer));
  out_ += written;
  if (written.find_first_of(".e") == std::string_view::npos) out_ += ".0";
}

void Writer::rounded(double value, int significant) {
  separate();
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, significant).ptr;
  out_ += std::isfinite(value) ? std::string_view(buffer, static_cast<std::size_t>(end - buffer)) : "null";
}

void Writer::integer(std::int64_t value) {
  separate();
  char buffer[24];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void Writer::natural(std::uint64_t value) {
  separate();
  char buffer[24];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void Writer::flag(bool value) {
  separate();
  out_ += value ? "true" : "false";
}

}  // namespace stune::json
