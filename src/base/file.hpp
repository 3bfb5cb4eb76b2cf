/// \file Files on a shared file system: append with a proof, replace atomically, read what is there.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stune {

/// Seam: where the journal's bytes go. Failures throw StorageError naming the file and the reason (disk full, quota
/// ...); how much was written is then unknown until size() and truncate().
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  virtual void append(std::string_view bytes) = 0;
  /// Returns once the bytes are safe (fsync). A shared file system may report a full disk only here.
  virtual void sync() = 0;
  /// As the file system tells now, not as remembered.
  virtual std::uint64_t size() = 0;
  virtual void truncate(std::uint64_t size) = 0;
};

/// Opens or creates with mode 0600. Throws StorageError.
std::unique_ptr<AppendFile> open_append_file(const std::filesystem::path& path);

/// All bytes, or nothing if there is no such file. Throws StorageError for any other failure.
std::optional<std::string> read_file(const std::filesystem::path& path);

/// The last `count` lines, reading at most `bytes` from the end; empty if there is no such file. Never throws.
std::string last_lines(const std::filesystem::path& path, int count, std::size_t bytes = 8192);

/// Readers see the old content or the new, never a part: temporary file, fsync, rename. Throws StorageError.
void replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode = 0600);

/// As replace_file, but a crash of the machine may leave an empty file or none: for what is then written again. One
/// writer at a time. Costs a tenth. Throws StorageError.
void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode = 0600);

/// Creates `path` with `content` only if it does not exist, as one step that is safe on NFS (temporary file and link,
/// then the link count is believed and not the answer). False: it existed. Throws StorageError for any other failure.
bool create_exclusively(const std::filesystem::path& path, std::string_view content, mode_t mode = 0600);

/// mkdir with mode 0700; one that exists is as good. Throws StorageError, also where there is no parent folder.
void create_folder(const std::filesystem::path& path);

/// mkdir -p with mode 0700 for what is new. Throws StorageError.
void create_folders(const std::filesystem::path& path);

/// CRC-32 as zlib computes it.
std::uint32_t crc32(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace stune
