#include "storage/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "storage/codec.hpp"
#include "stune/error.hpp"

namespace stune {

namespace {

/// Enough of the end of a line to know it again: it holds the crc.
constexpr std::size_t tail_length = 19;

/// The last bytes before offset `end`, as the file system has them now.
std::string read_tail(const std::filesystem::path& path, std::uint64_t end) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string tail(std::min<std::uint64_t>(end, tail_length), '\0');
  const ssize_t got = ::pread(file.get(), tail.data(), tail.size(), static_cast<off_t>(end - tail.size()));
  tail.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return tail;
}

[[noreturn]] void somebody_else(const std::filesystem::path& path, std::uint64_t found, std::uint64_t left) {
  throw StorageError(path.string() + " has " + std::to_string(found) + " bytes where this program left " +
                     std::to_string(left) + ": another one writes to it. Ended, with nothing written");
}

}  // namespace

Journal Journal::open(std::filesystem::path path, const EventHandler& handle, JournalSeams seams) {
  Journal journal;
  journal.path_ = std::move(path);
  journal.seams_ = std::move(seams);
  journal.opened_ = replay(journal.path_, handle);
  journal.last_ = journal.opened_.events;
  journal.good_ = journal.opened_.good_bytes;
  journal.tail_ = read_tail(journal.path_, journal.good_);
  journal.file_ = journal.seams_.open_file(journal.path_);
  const std::uint64_t torn = journal.opened_.torn_bytes;
  if (const auto size = journal.file_->size(); size != journal.good_ + torn) {
    somebody_else(journal.path_, size, journal.good_ + torn);
  }
  if (torn > 0) {
    journal.seams_.before_append();
    journal.repair();
    log::info("recovered " + journal.path_.string() + ": cut off " + std::to_string(torn) +
              " bytes of a last line that was never finished");
  }
  return journal;
}

void Journal::append(std::vector<Event>& events) {
  if (events.empty()) return;
  seams_.before_append();
  if (doubtful_) {
    repair();
  } else if (const auto size = file_->size(); size != good_) {
    somebody_else(path_, size, good_);
  }
  buffer_.clear();
  if (good_ == 0) buffer_ = journal_header();
  for (Sequence next = last_; Event & event : events) {
    event.sequence = ++next;
    encode(event, buffer_);
  }
  commit();
  good_ += buffer_.size();
  last_ += events.size();
  tail_ = buffer_.substr(buffer_.size() - tail_length);
}

/// All of the buffer, or an exception and (as far as the disk lets us) nothing.
void Journal::commit() {
  doubtful_ = true;
  try {
    file_->append(buffer_);
    file_->sync();
  } catch (const StorageError& error) {
    std::string more = "; nothing of it was kept";
    try {
      repair();
    } catch (const StorageError& second) {
      more = "; and what was written of it could not be cut off yet: " + std::string(second.what());
    }
    throw StorageError(error.what() + more);
  }
  doubtful_ = false;
}

/// Back to the last good byte. After a failed fsync a descriptor may lie: looks at the file anew.
void Journal::repair() {
  doubtful_ = true;
  file_ = seams_.open_file(path_);
  if (file_->size() > good_) {
    file_->truncate(good_);
    file_->sync();
  }
  if (file_->size() != good_ || read_tail(path_, good_) != tail_) {
    throw StorageError(path_.string() + " no longer ends in what was written to it");
  }
  doubtful_ = false;
}

}  // namespace stune
