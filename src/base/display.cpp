#include "base/display.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace stune {

namespace {

struct Range {
  std::uint32_t first, last;
};

constexpr std::array disturbing{Range{0, 0x1F}, Range{0x7F, 0x9F}, Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
                                Range{0x2066, 0x2069}};
constexpr std::array without_width{
    Range{0x300, 0x36F},   Range{0x483, 0x489},   Range{0x591, 0x5BD},   Range{0x610, 0x61A},   Range{0x64B, 0x65F},
    Range{0x93C, 0x93C},   Range{0x941, 0x948},   Range{0x94D, 0x94D},   Range{0xE31, 0xE31},   Range{0xE34, 0xE3A},
    Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
    Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};
constexpr std::array wide{
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},   Range{0x25FD, 0x25FE},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26AA, 0x26AB},   Range{0x26BD, 0x26BE},
    Range{0x2705, 0x2705},   Range{0x270A, 0x270B},   Range{0x274C, 0x274E},   Range{0x2753, 0x2757},
    Range{0x2795, 0x2797},   Range{0x2B1B, 0x2B1C},   Range{0x2B50, 0x2B55},   Range{0x2E80, 0x303E},
    Range{0x3041, 0xA4CF},   Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

bool is_one_of(const auto& ranges, std::uint32_t code) {
  return std::ranges::any_of(ranges, [&](Range range) { return range.first <= code && code <= range.last; });
}

struct Character {
  std::string_view bytes;
  std::uint32_t code = 0;  // 0, which disturbs, for a byte that begins no character of UTF-8
};

/// The first one of a text that is not empty.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t head = byte(0);
  if (head < 0x80) return {text.substr(0, 1), head};
  const std::size_t length = head < 0xC2 ? 0 : head < 0xE0 ? 2 : head < 0xF0 ? 3 : head < 0xF5 ? 4 : 0;
  if (length == 0 || length > text.size()) return {text.substr(0, 1)};
  std::uint32_t code = head & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {text.substr(0, 1)};
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool is_longer_than_needed = code < (length == 2 ? 0x80U : length == 3 ? 0x800U : 0x10000U);
  if (is_longer_than_needed || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {text.substr(0, 1)};
  return {text.substr(0, length), code};
}

std::size_t width_of(std::uint32_t code) {
  if (code < 0x300) return 1;
  return is_one_of(without_width, code) ? 0 : is_one_of(wide, code) ? 2 : 1;
}

/// As many whole characters from its beginning as `most` columns hold.
std::string_view beginning(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t columns = 0; end < text.size();) {
    const Character next = first_of(text.substr(end));
    columns += width_of(next.code);
    if (columns > most) break;
    end += next.bytes.size();
  }
  return text.substr(0, end);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Character next = first_of(text);
    if (is_one_of(disturbing, next.code)) {
      shown += '?';
    } else {
      shown += next.bytes;
    }
    text.remove_prefix(next.bytes.size());
  }
  return shown;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character next = first_of(text);
    columns += width_of(next.code);
    text.remove_prefix(next.bytes.size());
  }
  return columns;
}

std::string shortened(const std::string& text, std::size_t most) {
  if (display_width(text) <= most) return text;
  return std::string(beginning(text, most - 3)) + "...";
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::string_view rest = text;
  do {
    std::string_view line = beginning(rest, width);
    std::size_t next = line.size();
    if (next < rest.size()) {
      const auto blank = rest.substr(0, next + 1).rfind(' ');
      if (blank != std::string_view::npos && blank > 0) {
        line = rest.substr(0, blank);
        next = blank + 1;
      }
    }
    lines.emplace_back(line);
    rest.remove_prefix(next);
  } while (!rest.empty());
  return lines;
}

}  // namespace stune
