/// \file The lines of a file, one after the other, without having it in memory. For storage/ only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"

namespace stune::storage {

class Lines {
 public:
  /// A file that does not exist has no lines. Throws StorageError, as next() does, if it cannot be read.
  explicit Lines(std::filesystem::path path);

  /// The next complete line, without its LF, valid until the next call; nothing at the end.
  std::optional<std::string_view> next();
  /// Number of the line that next() returned last, from 1.
  std::uint64_t number() const { return number_; }
  /// Bytes of all lines returned so far.
  std::uint64_t good_bytes() const { return good_; }
  /// Bytes after the last LF. Known once next() has returned nothing.
  std::uint64_t torn_bytes() const { return buffer_.size() - begin_; }

 private:
  bool read_more();

  std::filesystem::path path_;
  Descriptor file_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what next() has not returned
  std::uint64_t number_ = 0;
  std::uint64_t good_ = 0;
};

}  // namespace stune::storage
