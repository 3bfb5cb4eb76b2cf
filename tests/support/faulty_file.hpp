/// \file A journal's file that breaks when a test says so: the process "dies" in the middle of a write, or the disk is
/// full for a while.
///
///     Faults faults;
///     faults.die_at(7, 13);                             // the 7th operation: 13 bytes of it arrive, then Death
///     Journal::open(path, handle, {.open_file = faulty_files(faults)});
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>

#include "base/file.hpp"

namespace stune {

/// Not a std::exception: nothing in the program under test may catch it. After it, only a new process (new objects and
/// new Faults) touches the file.
struct Death {
  int operation = 0;
};

/// What goes wrong, and what was done. Operations are append, sync and truncate, counted from 1 over all files.
class Faults {
 public:
  static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

  /// Operation `operation` ends in Death after `bytes` of an append are in the file. A sync or truncate has not
  /// happened (bytes = 0) or has (bytes > 0).
  void die_at(int operation, std::size_t bytes = everything) {
    death_ = operation;
    bytes_ = bytes;
  }
  /// From `operation` on, `count` operations fail with StorageError as on a full disk; a failing append leaves `bytes`.
  /// A failing truncate has not happened.
  void fail_at(int operation, int count = 1, std::size_t bytes = 0) {
    failure_ = operation;
    failures_ = count;
    bytes_ = bytes;
  }

  int operations() const { return operations_; }
  int appends() const { return appends_; }
  int syncs() const { return syncs_; }

 private:
  friend class FaultyFile;
  int death_ = 0;
  int failure_ = 0;
  int failures_ = 0;
  std::size_t bytes_ = 0;
  int operations_ = 0;
  int appends_ = 0;
  int syncs_ = 0;
};

/// Passes everything on to a real file, but for the faults. `faults` outlives the files.
std::function<std::unique_ptr<AppendFile>(const std::filesystem::path&)> faulty_files(Faults& faults);

}  // namespace stune
