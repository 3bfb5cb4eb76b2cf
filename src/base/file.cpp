#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* verb, const fs::path& path, int error) {
  std::string reason = std::strerror(error);
  if (error == ENOSPC) reason = "disk full (" + reason + ")";
  if (error == EDQUOT) reason = "quota used up (" + reason + "); `quota -s` shows it";
  if (error == EROFS) reason = "the file system is read-only here (" + reason + ")";
  throw StorageError("cannot " + std::string(verb) + " " + path.string() + ": " + reason);
}

/// open(2), repeated for signals and for what NFS calls a stale handle. -1 with errno on failure.
Descriptor try_open(const fs::path& path, int flags, mode_t mode = 0) {
  int fd = -1;
  int stale = 0;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && (errno == EINTR || (errno == ESTALE && ++stale < 3)));
  return Descriptor(fd);
}

/// All bytes; 0, or the error number.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int write_and_sync(int fd, std::string_view bytes) {
  if (const int error = write_all(fd, bytes)) return error;
  return ::fsync(fd) == 0 ? 0 : errno;
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// Makes the folder's entries safe. File systems that cannot do that say so with EINVAL.
void sync_folder(const fs::path& folder) {
  const Descriptor fd = try_open(folder, O_RDONLY | O_DIRECTORY);
  if (!fd) return;
  if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != EBADF && errno != ENOTSUP && errno != EROFS) {
    fail("sync the folder", folder, errno);
  }
}

/// A file beside `target` that nobody else has; gone with this object.
class TemporaryFile {
 public:
  TemporaryFile(const fs::path& target, std::string_view content, mode_t mode)
      : path_(folder_of(target) / (".tmp." + random_name(16))) {
    Descriptor fd = try_open(path_, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (!fd) fail("write", target, errno);
    int error = write_and_sync(fd.get(), content);
    const int owned = fd.release();
    if (::close(owned) != 0 && error == 0 && errno != EINTR) error = errno;  // NFS may report a full disk only here
    if (error != 0) {
      ::unlink(path_.c_str());
      fail("write", target, error);
    }
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class PosixAppendFile : public AppendFile {
 public:
  explicit PosixAppendFile(fs::path path) : path_(std::move(path)) {
    fd_ = try_open(path_, O_RDWR | O_APPEND);
    if (!fd_ && errno == ENOENT) {
      fd_ = try_open(path_, O_RDWR | O_APPEND | O_CREAT, 0600);
      if (fd_) sync_folder(folder_of(path_));
    }
    if (!fd_) fail("open", path_, errno);
  }

  void append(std::string_view bytes) override {
    if (const int error = write_all(fd_.get(), bytes)) fail("append to", path_, error);
  }
  void sync() override {
    if (::fsync(fd_.get()) != 0) fail("write", path_, errno);
  }
  std::uint64_t size() override {
    // Opening asks the server of a shared file system; fstat on a descriptor that is open already may not.
    const Descriptor fresh = try_open(path_, O_RDONLY);
    struct stat now {};
    struct stat ours {};
    if (!fresh || ::fstat(fresh.get(), &now) != 0 || ::fstat(fd_.get(), &ours) != 0) fail("look at", path_, errno);
    if (now.st_dev != ours.st_dev || now.st_ino != ours.st_ino) {
      throw StorageError(path_.string() + " is not the file it was: another one has taken its place");
    }
    return static_cast<std::uint64_t>(now.st_size);
  }
  void truncate(std::uint64_t size) override {
    int result = 0;
    do {
      result = ::ftruncate(fd_.get(), static_cast<off_t>(size));
    } while (result != 0 && errno == EINTR);
    if (result != 0) fail("truncate", path_, errno);
  }

 private:
  fs::path path_;
  Descriptor fd_;
};

bool links_are_unsupported(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK || error == EINVAL;
}

/// Where hard links do not exist. Exclusive, but a reader may see a part of the content.
bool create_with_open(const fs::path& path, std::string_view content, mode_t mode) {
  const Descriptor fd = try_open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (!fd && errno == EEXIST) return false;
  if (!fd) fail("create", path, errno);
  if (const int error = write_and_sync(fd.get(), content)) {
    ::unlink(path.c_str());
    fail("write", path, error);
  }
  sync_folder(folder_of(path));
  return true;
}

}  // namespace

std::unique_ptr<AppendFile> open_append_file(const fs::path& path) { return std::make_unique<PosixAppendFile>(path); }

std::optional<std::string> read_file(const fs::path& path) {
  const Descriptor fd = try_open(path, O_RDONLY);
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0) fail("read", path, errno);
  if (S_ISDIR(found.st_mode)) fail("read", path, EISDIR);
  std::string content;
  std::size_t used = 0;
  // One byte more than the size, so that an unchanged file needs no second round; /proc files have size 0.
  content.resize(static_cast<std::size_t>(std::max<off_t>(found.st_size, 4095)) + 1);
  while (true) {
    const ssize_t got = ::read(fd.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used == content.size()) content.resize(2 * content.size());
  }
  content.resize(used);
  return content;
}

std::string last_lines(const fs::path& path, int count, std::size_t bytes) {
  const Descriptor fd = try_open(path, O_RDONLY | O_NONBLOCK);
  struct stat found {};
  if (!fd || ::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode) || count <= 0) return {};
  const auto size = static_cast<std::size_t>(found.st_size);
  std::string tail(std::min(size, bytes), '\0');
  const ssize_t got = ::pread(fd.get(), tail.data(), tail.size(), static_cast<off_t>(size - tail.size()));
  if (got <= 0) return {};
  tail.resize(static_cast<std::size_t>(got));
  std::size_t begin = tail.size();
  if (begin > 0 && tail[begin - 1] == '\n') --begin;
  for (int line = 0; line < count; ++line) {
    const std::size_t newline = begin == 0 ? std::string::npos : tail.rfind('\n', begin - 1);
    if (newline == std::string::npos) return tail;
    begin = newline;
  }
  return tail.substr(begin + 1);
}

void replace_file(const fs::path& path, std::string_view content, mode_t mode) {
  const TemporaryFile temporary(path, content, mode);
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) fail("replace", path, errno);
  sync_folder(folder_of(path));
}

void write_file(const fs::path& path, std::string_view content, mode_t mode) {
  const fs::path temporary = path.string() + ".new";
  Descriptor fd = try_open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (!fd) fail("write", path, errno);
  int error = write_all(fd.get(), content);
  if (::close(fd.release()) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(temporary.c_str());
  fail("write", path, error);
}

bool create_exclusively(const fs::path& path, std::string_view content, mode_t mode) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) return false;  // needs no space on a full disk
  const TemporaryFile temporary(path, content, mode);
  if (::link(temporary.path().c_str(), path.c_str()) != 0) {
    const int error = errno;
    // A network file system may repeat our own request and answer that it exists.
    const bool ours = ::stat(temporary.path().c_str(), &found) == 0 && found.st_nlink == 2;
    if (!ours && error == EEXIST) return false;
    if (!ours && links_are_unsupported(error)) return create_with_open(path, content, mode);
    if (!ours) fail("create", path, error);
  }
  sync_folder(folder_of(path));
  return true;
}

void create_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return;
  const int error = errno;
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return;
    throw StorageError("cannot create the folder " + path.string() + ": a file of that name exists");
  }
  fail("create the folder", path, error);
}

void create_folders(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  if (normal.empty() || ::mkdir(normal.c_str(), 0700) == 0) return;
  const bool parent_unfit = errno == ENOENT || errno == ENOTDIR;
  if (parent_unfit && normal.has_parent_path() && normal.parent_path() != normal) {
    create_folders(normal.parent_path());
  }
  create_folder(normal);
}

}  // namespace stune
