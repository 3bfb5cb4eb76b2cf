#include "storage/utf8.hpp"

namespace stune::utf8 {

namespace {

unsigned byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

/// Length that the first byte announces, and the bits of the code point it carries; 0 for none.
std::size_t announced(unsigned first, std::uint32_t& bits) {
  if (first >= 0xc2 && first <= 0xdf) return bits = first & 0x1f, 2;
  if (first >= 0xe0 && first <= 0xef) return bits = first & 0x0f, 3;
  if (first >= 0xf0 && first <= 0xf4) return bits = first & 0x07, 4;
  return 0;
}

/// 0xEE 0xBE 0x80 ... 0xEE 0xBF 0xBF encode U+EF80 ... U+EFFF.
bool is_escape(std::string_view text, std::size_t i) {
  return i + 2 < text.size() && byte_at(text, i) == 0xee && (byte_at(text, i + 1) & 0xfe) == 0xbe;
}

}  // namespace

std::size_t kept_sequence(std::string_view bytes) {
  std::uint32_t code = 0;
  const std::size_t length = announced(byte_at(bytes, 0), code);
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(bytes, i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte_at(bytes, i) & 0x3f);
  }
  const std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool ours = code >= 0xef80 && code <= 0xefff;
  return code < smallest[length] || code > 0x10ffff || surrogate || ours ? 0 : length;
}

void append_code_point(std::uint32_t code, std::string& out) {
  const auto continuation = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    continuation(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    continuation(6);
    continuation(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

void append_escaped_byte(unsigned char byte, std::string& out) { append_code_point(0xef00U + byte, out); }

void append_unescaped(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size();) {
    if (is_escape(text, i)) {
      out += static_cast<char>((byte_at(text, i + 1) & 0x03) << 6 | (byte_at(text, i + 2) & 0x3f));
      i += 3;
    } else {
      out += text[i++];
    }
  }
}

}  // namespace stune::utf8
