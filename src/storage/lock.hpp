/// \file Who runs the loop: one coordinator for an experiment folder, on whatever machine that shares it.
///
/// The file `lock` is created exclusively by its holder and holds one JSON object: nonce, host, process (pid, start
/// ticks, boot id, pid namespace) and a counter that the holder counts up in place every 20 seconds. No clock is ever
/// compared with another one. A lock is dead
///   * on the machine of its holder (same host, boot and pid namespace): when that process has ended, known at once;
///   * anywhere: when its holder was a job of which the taker knows from the batch system that it has ended;
///   * elsewhere: after three observations in a row, 25 seconds apart, that show nothing new.
/// A dead lock is renamed away, and what was renamed is compared with what was judged, so that of two takers one wins.
///
/// A holder that was judged dead may live all the same: on a node that the batch system cannot reach, or in a long
/// sleep. It finds another's nonce with its next beat, or before its next append to the journal, and ends. What is left
/// are the microseconds between that look and the write: then the journal has another size than its owner left, who
/// ends, too, and two events of one number are named as damage when it is next read. Nothing guards against a node that
/// the file server cannot reach either, and that writes when it is back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/children.hpp"
#include "base/clock.hpp"

namespace stune {

inline constexpr Seconds lock_beat{20};         ///< how often the holder counts
inline constexpr Seconds lock_observation{25};  ///< between two looks at a foreign lock

struct LockHolder {
  std::string nonce;
  std::string host;
  ProcessIdentity process;
  std::string pid_namespace;
  std::string job;  ///< of the batch system, which this process is; empty: none
  std::uint64_t counter = 0;
};

/// Nothing if there is no lock, or none that can be read. Never throws.
std::optional<LockHolder> read_lock(const std::filesystem::path& folder);

enum class HolderState : std::uint8_t { alive, dead, elsewhere /*cannot be known from here*/ };
HolderState examine(const LockHolder& holder);
/// "process 4711 on login2"
std::string describe(const LockHolder& holder);

/// Looks at somebody else's lock, 25 seconds apart, and blocks for nothing.
class LockWatch {
 public:
  /// The first look.
  LockWatch(const std::filesystem::path& folder, TimePoint now);
  /// The next one, if it is time for it.
  void look(TimePoint now);
  TimePoint next_look() const { return next_look_; }
  /// Three looks in a row have shown nothing new.
  bool is_silent() const;
  /// The lock's text when last looked at; nothing if there was none.
  const std::optional<std::string>& seen() const { return seen_; }

 private:
  std::filesystem::path path_;
  std::optional<std::string> seen_;
  TimePoint next_look_;
  int unchanged_ = 0;
};

struct AcquireOptions {
  bool take_over = false;  ///< do not wait for a foreign lock to prove dead; one that is alive here is still refused
  bool wait = true;        ///< observe a foreign lock (75 s); false: refuse at once
  std::function<void(std::string_view)> say = [](std::string_view) {};  ///< what is going on, for people
  std::string job = {};        ///< of the batch system, which this process is, so that the lock tells it; empty: none
  std::string ended_job = {};  ///< has ended, says the batch system: a lock of it is dead, whatever its process does
};

/// Held until release() or destruction. Movable. Not thread-safe.
class Lock {
 public:
  /// `folder` exists. Throws StorageError naming host and pid where another coordinator is, or may be, alive.
  static Lock acquire(const std::filesystem::path& folder, Clock& clock, const AcquireOptions& options = {});

  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&& other) noexcept;
  ~Lock();

  /// Counts if it is time to. Call it at least every lock_beat; failures (disk full) show up in verify(). Throws as
  /// that does where another one's lock is found.
  void beat(TimePoint now);
  /// When beat() wants to be called.
  TimePoint next_beat() const { return next_beat_; }
  /// Throws StorageError if the lock is no longer ours: end at once, without another write.
  void verify();
  /// Removes the file if it is still ours. Never throws; idempotent.
  void release() noexcept;
  const LockHolder& holder() const { return holder_; }

 private:
  Lock() = default;

  std::filesystem::path path_;
  LockHolder holder_;
  TimePoint next_beat_{};
  int fd_ = -1;  ///< of our own inode: a late beat cannot touch a successor's lock
};

}  // namespace stune
