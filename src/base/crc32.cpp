// Our own, because the node program is static and a static zlib is not everywhere.
#include <array>

#include "base/file.hpp"

namespace stune {
namespace {

constexpr std::size_t word_size = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, word_size>;

/// tables[k][b]: what byte b does to the remainder when k more bytes follow it. Polynomial 0x04C11DB7, reflected.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
    tables[0][byte] = remainder;
  }
  for (std::size_t k = 1; k < word_size; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8U) ^ tables[0][before & 255U];
    }
  }
  return tables;
}

constexpr Tables tables = make_tables();

std::size_t byte_at(const char* bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t remainder = ~seed;
  while (bytes.size() >= word_size) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < word_size; ++i) {
      const std::size_t mixed =
          i < 4 ? byte_at(bytes.data(), i) ^ ((remainder >> (8 * i)) & 255U) : byte_at(bytes.data(), i);
      next ^= tables[word_size - 1 - i][mixed];
    }
    remainder = next;
    bytes.remove_prefix(word_size);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    remainder = (remainder >> 8U) ^ tables[0][(remainder ^ byte_at(bytes.data(), i)) & 255U];
  }
  return ~remainder;
}

}  // namespace stune
