#include "base/removal.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/descriptor.hpp"

namespace stune {
namespace {

constexpr int deepest = 200;  // each level holds a descriptor

struct CloseListing {
  void operator()(DIR* listing) const { ::closedir(listing); }
};

/// Every name is looked up in a folder that is open already, so that no link can be slipped in between.
class TreeRemover {
 public:
  TreeRemover(Removal& result, int most) : result_(result), most_(most) {}

  void remove(int parent, const char* name, const std::filesystem::path& path, int depth = 0) {
    struct stat found {};
    if (::fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) note(path, std::strerror(errno));
      return;
    }
    if (depth == 0) file_system_ = found.st_dev;
    const bool is_folder = S_ISDIR(found.st_mode);
    if (found.st_dev != file_system_) return note(path, "another file system is mounted there");
    if (depth == deepest) return note(path, "it is nested too deep");
    if (is_folder && !empty(parent, name, path, depth)) return;
    if (is_spent()) return;
    if (::unlinkat(parent, name, is_folder ? AT_REMOVEDIR : 0) != 0) return note(path, std::strerror(errno));
    ++result_.removed;
  }

 private:
  /// False: the limit was reached, or it cannot be read.
  bool empty(int parent, const char* name, const std::filesystem::path& path, int depth) {
    Descriptor folder(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    const std::unique_ptr<DIR, CloseListing> listing(folder ? ::fdopendir(folder.get()) : nullptr);
    if (!listing) return note(path, std::strerror(errno)), false;
    const int fd = folder.release();
    while (const dirent* entry = ::readdir(listing.get())) {
      const std::string_view child = entry->d_name;
      if (child == "." || child == "..") continue;
      remove(fd, entry->d_name, path / child, depth + 1);
      if (result_.more) return false;
    }
    return true;
  }

  bool is_spent() {
    result_.more = result_.more || result_.removed >= most_;
    return result_.more;
  }

  void note(const std::filesystem::path& path, const char* why) {
    if (result_.failure.empty()) result_.failure = "cannot remove " + path.string() + ": " + why;
  }

  Removal& result_;
  int most_;
  dev_t file_system_ = 0;
};

}  // namespace

Removal remove_some(const std::filesystem::path& path, int most) {
  Removal result;
  TreeRemover(result, most).remove(AT_FDCWD, path.c_str(), path);
  return result;
}

}  // namespace stune
