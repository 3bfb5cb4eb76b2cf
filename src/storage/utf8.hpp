/// \file Any bytes as valid UTF-8 and back. Bytes that are no UTF-8 become one character each of U+EF80 ... U+EFFF
/// (private use); characters of that range are taken byte by byte themselves, so nothing is ambiguous.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stune::utf8 {

/// Length of the multi-byte character that `bytes` begins with if it may be kept as it is; 0 if its first byte has to
/// be escaped. O(1).
std::size_t kept_sequence(std::string_view bytes);

/// Appends any character; `code` is at most 0x10ffff.
void append_code_point(std::uint32_t code, std::string& out);

/// Appends the character that stands for `byte`, which is 0x80 or above.
void append_escaped_byte(unsigned char byte, std::string& out);

/// Appends `text` with all such characters turned back into their bytes.
void append_unescaped(std::string_view text, std::string& out);

}  // namespace stune::utf8
