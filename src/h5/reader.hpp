/// \file Reads HDF5 files in a process of its own: libhdf5 can loop for ever or crash on a damaged file (one flipped
/// byte is enough), and the coordinator must not.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/descriptor.hpp"
#include "h5/file.hpp"

namespace stune::h5 {

struct Answer {
  std::optional<Failure> failure;                       ///< of the file as a whole; then there is nothing else
  std::vector<std::variant<Numbers, Failure>> objects;  ///< in the order asked for
  std::vector<std::string> names;                       ///< what lies at the top of the file, for messages
};

/// One owner, one thread. The other process ends with the reader, however the owner ends.
class Reader {
 public:
  Reader() = default;
  ~Reader() { stop(); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Forks now, best before other threads exist; else the first read() does. Idempotent.
  void start();
  /// Waits two seconds at most; what takes longer is `too_slow`, and a crash of the library `unreadable`.
  Answer read(const std::filesystem::path& path, const std::vector<std::string>& objects);

 private:
  void stop();

  pid_t pid_ = -1;
  Descriptor channel_;
};

}  // namespace stune::h5
