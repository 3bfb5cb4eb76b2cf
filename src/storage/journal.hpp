/// \file The journal: everything that happened to an experiment, one event a line, safe before it takes effect.
///
///     journal := header event*
///     header  := {"stune":"journal","version":1,"crc":"xxxxxxxx"} LF          keeps this form for ever
///     event   := {"seq":N,"at":MICROSECONDS,"type":TYPE,...,"crc":"xxxxxxxx"} LF
///
/// `seq` is 1, 2, 3, ...; `at` counts from 1970 UTC; the members of each type are in codec.hpp. `crc` is the CRC-32, in
/// lower-case hex, of all bytes of the line before `,"crc"`. Every line is a JSON object: jq reads it.
///
/// Crash rule. Events are written and fsynced before the effect they describe. Bytes after the last LF are a torn
/// line, whose effect never happened: the owner cuts them off and says so, readers skip them and never repair. A
/// complete line that is wrong is damage (StorageError with its number): we never guess.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "experiment/event.hpp"

namespace stune {

/// What reading a journal found.
struct Replayed {
  Sequence events = 0;           ///< = sequence number of the last one
  std::uint64_t good_bytes = 0;  ///< up to the end of the last complete line
  std::uint64_t torn_bytes = 0;  ///< after it
};

using EventHandler = std::function<void(const Event&)>;

/// Calls `handle` with each event in order. For readers: takes no lock, changes nothing; what a running coordinator is
/// just writing counts as torn. No file, or an empty one, is no event. Throws StorageError naming file and line for
/// damage, for a version newer than ours, and for an event that `handle` refuses (StorageError, std::logic_error);
/// other exceptions of `handle` pass. O(bytes) time, O(longest line) memory.
Replayed replay(const std::filesystem::path& path, const EventHandler& handle);

/// How a journal reaches the world.
struct JournalSeams {
  std::function<std::unique_ptr<AppendFile>(const std::filesystem::path&)> open_file = open_append_file;
  /// Called before each append; throws to refuse it. Production: [&] { lock.verify(); }
  std::function<void()> before_append = [] {};
};

/// The one writer, for who owns the lock. Movable. Not thread-safe.
class Journal {
 public:
  /// Replays what is there into `handle`, then cuts off a torn last line (see opened()). Creates the file if needed.
  /// Throws as replay() does, and StorageError where the file cannot be opened or repaired.
  static Journal open(std::filesystem::path path, const EventHandler& handle, JournalSeams seams = {});

  /// Gives the events their sequence numbers and commits them all: one write, one fsync. Blocks for the disk.
  /// Throws StorageError saying why (disk full, quota ...); then none of them happened: the file is cut back to its
  /// last good byte, now or, where that fails too, before the next append, which works once the disk does.
  /// Throws, too, if the file is not as we left it: somebody else writes, and the caller must end at once.
  void append(std::vector<Event>& events);

  Sequence last_sequence() const { return last_; }
  /// What open() found; torn_bytes were cut off.
  const Replayed& opened() const { return opened_; }
  std::uint64_t size() const { return good_; }

 private:
  Journal() = default;
  void commit();
  void repair();

  std::filesystem::path path_;
  JournalSeams seams_;
  std::unique_ptr<AppendFile> file_;
  Replayed opened_;
  Sequence last_ = 0;
  std::uint64_t good_ = 0;
  std::string tail_;  ///< the end of the last good line: must still be there after a failure
  std::string buffer_;
  bool doubtful_ = false;  ///< a failed append has not been cleaned up yet
};

}  // namespace stune
