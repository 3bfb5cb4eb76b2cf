#include <algorithm>
#include <fstream>

#include "base/file.hpp"
#include "trial/exit_record.hpp"

namespace stune {
namespace {

constexpr std::uint64_t part = 8ULL << 20U;

/// Adds `count` bytes from `offset` to `crc`; false if they cannot be read.
bool add_bytes(std::ifstream& file, std::uint64_t offset, std::uint64_t count, std::uint32_t& crc) {
  std::string buffer(std::min<std::uint64_t>(count, 1U << 20U), '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  while (count > 0) {
    const auto wanted = std::min<std::uint64_t>(count, buffer.size());
    if (!file.read(buffer.data(), static_cast<std::streamsize>(wanted))) return false;
    crc = crc32(std::string_view(buffer).substr(0, wanted), crc);
    count -= wanted;
  }
  return true;
}

}  // namespace

std::optional<FileSeal> make_seal(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  const auto end = static_cast<std::streamoff>(file.tellg());
  if (end < 0) return std::nullopt;
  FileSeal seal{path, static_cast<std::uint64_t>(end), 0};
  const bool whole = seal.size <= 2 * part;
  if (!add_bytes(file, 0, whole ? seal.size : part, seal.crc)) return std::nullopt;
  if (!whole && !add_bytes(file, seal.size - part, part, seal.crc)) return std::nullopt;
  return seal;
}

}  // namespace stune
