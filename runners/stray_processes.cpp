#include "runners/stray_processes.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include "base/children.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

/// `entry` is NAME=VALUE; entries end with a zero byte.
bool has_entry(pid_t pid, const std::string& entry) {
  std::string environment(1, '\0');
  try {
    environment += read_file("/proc/" + std::to_string(pid) + "/environ").value_or("");
  } catch (const StorageError&) {
    return false;  // another user's, or gone while we read
  }
  environment += '\0';
  return environment.find('\0' + entry + '\0') != std::string::npos;
}

std::string entry_of(const std::filesystem::path& attempt_folder) {
  return "STUNE_ATTEMPT_DIR=" + attempt_folder.string();
}

/// The descriptor pins the process before its environment is looked at, so that no later one with its pid is hit.
bool kill_if_ours(pid_t pid, const std::string& entry) {
  const Descriptor pidfd(open_pidfd(pid));
  if (!has_entry(pid, entry)) return false;
  if (!pidfd) return ::kill(pid, SIGKILL) == 0;
  return ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0U) == 0;
}

}  // namespace

std::vector<pid_t> processes_of(const std::filesystem::path& attempt_folder) {
  const std::string entry = entry_of(attempt_folder);
  std::vector<pid_t> found;
  std::error_code error_code;
  std::filesystem::directory_iterator process("/proc", error_code);
  for (; !error_code && process != std::filesystem::directory_iterator(); process.increment(error_code)) {
    const std::string name = process->path().filename().string();
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || rest != name.data() + name.size() || pid == ::getpid()) continue;
    if (has_entry(pid, entry)) found.push_back(pid);
  }
  return found;
}

int kill_processes_of(const std::filesystem::path& attempt_folder, pid_t spared) {
  int count = 0;
  for (const pid_t pid : processes_of(attempt_folder)) {
    if (pid != spared && kill_if_ours(pid, entry_of(attempt_folder))) ++count;
  }
  return count;
}

}  // namespace stune
