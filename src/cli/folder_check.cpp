#include "cli/folder_check.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

using slurm::Finding;
using Grade = Finding::Grade;
namespace fs = std::filesystem;

struct Kind {
  std::uint64_t magic;
  const char* name;
};
constexpr std::array kinds{Kind{0x6969, "NFS"},           Kind{0x0BD00BD0, "Lustre"}, Kind{0x47504653, "GPFS"},
                           Kind{0x19830326, "BeeGFS"},    Kind{0x00C36400, "CephFS"}, Kind{0x01021994, "tmpfs"},
                           Kind{0xEF53, "ext4"},          Kind{0x58465342, "XFS"},    Kind{0x9123683E, "btrfs"},
                           Kind{0x794C7630, "overlayfs"}, Kind{0x65735546, "FUSE"}};

Finding kind_of(const fs::path& folder) {
  struct statfs about {};
  if (::statfs(folder.c_str(), &about) != 0)
    return {Grade::bad, "file system", folder.string() + ": " + std::strerror(errno)};
  const auto magic = static_cast<std::uint64_t>(static_cast<unsigned long>(about.f_type)) & 0xFFFFFFFFU;
  const auto* known = std::ranges::find(kinds, magic, &Kind::magic);
  const std::string name = known != kinds.end() ? known->name : "of a kind not known here";
  if (name == "tmpfs") {
    return {Grade::warning, "file system", "tmpfs, the memory of this machine: no compute node sees it"};
  }
  const auto free = static_cast<double>(about.f_bavail) * static_cast<double>(about.f_bsize) / 1e9;
  return {free < 0.1 ? Grade::warning : Grade::good, "file system",
          name + ", " + std::to_string(static_cast<int>(free)) + " GB free"};
}

bool shows(const fs::path& folder, const std::string& name) {
  return std::ranges::any_of(fs::directory_iterator(folder),
                             [&](const auto& entry) { return entry.path().filename() == name; });
}

/// What claims, journal and markers rest on.
Finding basics(const fs::path& place) {
  const auto begin = std::chrono::steady_clock::now();
  const fs::path file = place / "file";
  const fs::path other = place / "other";
  if (!create_exclusively(file, "1")) return {Grade::bad, "files", "a new file is said to exist already"};
  if (create_exclusively(file, "2")) return {Grade::bad, "files", "a file can be created twice: claims would not hold"};
  replace_file(other, "3");
  replace_file(file, "4");
  if (read_file(file) != "4") return {Grade::bad, "files", "a file that was replaced still shows its old content"};
  fs::rename(other, place / "renamed");
  if (!shows(place, "renamed") || shows(place, "other")) {
    return {Grade::bad, "files", "a renamed file is not seen in its folder"};
  }
  const Seconds took = std::chrono::steady_clock::now() - begin;
  const bool slow = took > Seconds{2};
  return {slow ? Grade::warning : Grade::good, "files",
          "exclusive creation, atomic replacement, rename and fsync work, in " +
              std::to_string(static_cast<int>(took.count() * 1000)) + " ms" + (slow ? ", which is slow" : "")};
}

Finding locks(const fs::path& place) {
  const Descriptor file(::open((place / "locked").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return {Grade::good, "locks", "HDF5 files can be locked here"};
  return {Grade::warning, "locks",
          std::string("files cannot be locked (") + std::strerror(errno) +
              "); stune needs no locks, but programs that write HDF5 need HDF5_USE_FILE_LOCKING=FALSE"};
}

}  // namespace

std::vector<Finding> check_folder(const fs::path& folder) {
  std::vector<Finding> findings{kind_of(folder)};
  const fs::path place = folder / (".stune-doctor-" + random_name(8));
  try {
    create_folders(place);
    findings.push_back(basics(place));
    findings.push_back(locks(place));
  } catch (const Error& error) {
    findings.push_back({Grade::bad, "files", error.what()});
  } catch (const fs::filesystem_error& error) {
    findings.push_back({Grade::bad, "files", error.what()});
  }
  std::error_code ignored;
  fs::remove_all(place, ignored);
  return findings;
}

}  // namespace stune::cli
