#include "storage/journal_lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "stune/error.hpp"

namespace stune::storage {

namespace {

constexpr std::size_t chunk = 1 << 18;

[[noreturn]] void cannot_read(const std::filesystem::path& path) {
  throw StorageError("cannot read " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Lines::Lines(std::filesystem::path path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file_ && errno != ENOENT) cannot_read(path_);
}

std::optional<std::string_view> Lines::next() {
  std::size_t searched = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      good_ += line.size() + 1;
      begin_ = end + 1;
      ++number_;
      return line;
    }
    searched = buffer_.size() - begin_;
    if (!read_more()) return std::nullopt;
  }
}

/// Afterwards what was not returned is at the front.
bool Lines::read_more() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (!file_) return false;
  const std::size_t used = buffer_.size();
  buffer_.resize(used + chunk);
  ssize_t got = 0;
  do {
    got = ::read(file_.get(), buffer_.data() + used, chunk);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(used + static_cast<std::size_t>(got > 0 ? got : 0));
  if (got < 0) cannot_read(path_);
  return got > 0;
}

}  // namespace stune::storage
