#include "storage/lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.hpp"
#include "storage/lock_record.hpp"
#include "stune/error.hpp"

namespace stune {

namespace fs = std::filesystem;
using storage::counter_begin;
using storage::counter_text;
using storage::decoded;
using storage::encoded;

namespace {

constexpr int observations_of_the_dead = 3;

fs::path lock_file(const fs::path& folder) { return folder / "lock"; }

[[noreturn]] void refuse(const LockHolder& holder, const fs::path& path, const std::string& advice) {
  throw StorageError(path.parent_path().string() + " is in the hands of " + describe(holder) + advice);
}

/// Three looks that show nothing new. False as soon as one does.
bool stays_silent(const fs::path& path, const std::string& seen, Clock& clock) {
  LockWatch watch(path.parent_path(), clock.now());
  while (!watch.is_silent()) {
    const TimePoint until = watch.next_look();
    while (clock.now() < until) clock.wait({}, until);
    watch.look(clock.now());
    if (watch.seen() != seen) return false;
  }
  return true;
}

/// Renames a lock that was judged dead out of the way. Whoever is slow may catch its successor's instead: that one
/// goes back to its place, unless somebody has locked again since; its owner will find out in verify().
void bury(const fs::path& path, const std::string& judged, const std::string& nonce) {
  if (read_file(path) != judged) return;
  const fs::path grave = path.string() + ".dead." + nonce;
  if (::rename(path.c_str(), grave.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw StorageError("cannot remove the dead " + path.string() + ": " + std::strerror(errno));
  }
  std::error_code occupied;
  if (read_file(grave) != judged) fs::create_hard_link(grave, path, occupied);
  ::unlink(grave.c_str());
}

/// Returns once the lock of `seen` is proven dead, or has changed; throws if it is alive, or may be.
/// True: dead.
bool judge(const fs::path& path, const std::string& seen, Clock& clock, const AcquireOptions& options) {
  LockHolder nobody;
  nobody.host = "a host that its lock does not tell";
  const LockHolder holder = decoded(seen).value_or(nobody);
  if (!holder.job.empty() && holder.job == options.ended_job) {
    options.say(describe(holder) + " was job " + holder.job + ", which has ended: taking over");
    return true;
  }
  switch (examine(holder)) {
    case HolderState::dead:
      options.say(describe(holder) + " has died: taking over");
      return true;
    case HolderState::alive:
      refuse(holder, path, ", which is running: stop that one first, or send it commands (stune stop, stune set)");
    case HolderState::elsewhere:
      break;
  }
  if (options.take_over) {
    options.say("taking over from " + describe(holder) + " as asked");
    return true;
  }
  const std::string advice = "; if you know that it has ended, add --take-over";
  if (!options.wait) refuse(holder, path, ", which may be running" + advice);
  options.say("locked by " + describe(holder) + ": watching for 75 s whether it still lives" + advice);
  if (stays_silent(path, seen, clock)) {
    options.say(describe(holder) + " has shown no life: taking over");
    return true;
  }
  const auto now = read_file(path);
  if (now && decoded(*now) && decoded(*now)->nonce == holder.nonce) {
    refuse(holder, path, ", which is running (it counts in its lock)");
  }
  return false;
}

}  // namespace

LockWatch::LockWatch(const fs::path& folder, TimePoint now)
    : path_(lock_file(folder)), seen_(read_file(path_)), next_look_(later(now, lock_observation)) {}

void LockWatch::look(TimePoint now) {
  if (now < next_look_) return;
  next_look_ = later(now, lock_observation);
  auto found = read_file(path_);
  unchanged_ = found == seen_ ? unchanged_ + 1 : 0;
  seen_ = std::move(found);
}

bool LockWatch::is_silent() const { return unchanged_ >= observations_of_the_dead; }

Lock Lock::acquire(const fs::path& folder, Clock& clock, const AcquireOptions& options) {
  Lock lock;
  const fs::path path = lock_file(folder);
  lock.holder_ = storage::ourselves();
  lock.holder_.job = options.job;
  while (!create_exclusively(path, encoded(lock.holder_))) {
    const auto seen = read_file(path);
    if (seen && judge(path, *seen, clock, options)) bury(path, *seen, lock.holder_.nonce);
  }
  lock.path_ = path;
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (lock.fd_ < 0) throw StorageError("cannot open " + path.string() + ": " + std::strerror(errno));
  lock.next_beat_ = later(clock.now(), lock_beat);
  lock.verify();
  return lock;
}

Lock::Lock(Lock&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      holder_(std::move(other.holder_)),
      next_beat_(other.next_beat_),
      fd_(std::exchange(other.fd_, -1)) {}

Lock& Lock::operator=(Lock&& other) noexcept {
  if (this == &other) return *this;
  release();
  path_ = std::exchange(other.path_, {});
  holder_ = std::move(other.holder_);
  next_beat_ = other.next_beat_;
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}

Lock::~Lock() { release(); }

void Lock::beat(TimePoint now) {
  if (path_.empty() || now < next_beat_) return;
  next_beat_ = later(now, lock_beat);
  const std::string text = counter_text(++holder_.counter);
  if (::pwrite(fd_, text.data(), text.size(), counter_begin.size()) >= 0) ::fsync(fd_);
  const auto found = read_lock(path_.parent_path());
  if (found && found->nonce != holder_.nonce) verify();
}

void Lock::verify() {
  if (path_.empty()) throw StorageError("the lock was given back already");
  auto text = read_file(path_);
  // Somebody who took us for a dead one's lock may have it in hand for a moment; or it was removed by hand.
  if (!text && create_exclusively(path_, encoded(holder_))) {
    ::close(fd_);
    fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    return;
  }
  if (!text) text = read_file(path_);
  const auto found = text ? decoded(*text) : std::nullopt;
  if (found && found->nonce == holder_.nonce) return;
  throw StorageError(path_.parent_path().string() + " was taken over by " +
                     (found ? describe(*found) : std::string("another one")) + ". Ended, with nothing written");
}

void Lock::release() noexcept {
  if (path_.empty()) return;
  try {
    const auto text = read_file(path_);
    if (text && decoded(*text) && decoded(*text)->nonce == holder_.nonce) ::unlink(path_.c_str());
  } catch (const std::exception&) {
    // It stays, and the next owner finds this process dead.
  }
  ::close(fd_);
  fd_ = -1;
  path_.clear();
}

}  // namespace stune
