/// \file Child processes, started without fork and watched through descriptors.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.hpp"

namespace stune {

using Environment = std::map<std::string, std::string>;

/// The calling process's environment.
Environment current_environment();

struct SpawnOptions {
  std::vector<std::string> arguments;       ///< [0] is looked up in the PATH of `environment` unless it holds a slash
  Environment environment;                  ///< all of it
  std::filesystem::path working_directory;  ///< empty: ours
  int standard_input = -1;                  ///< -1: /dev/null
  int standard_output = -1;                 ///< -1: /dev/null
  int standard_error = -1;                  ///< -1: /dev/null
  bool own_group = true;                    ///< a process group of its own
};

/// What a child given this as its standard input reads there: `text`, then the end. Invalid with errno on failure.
Descriptor make_input(std::string_view text);

/// posix_spawn. All descriptors but the three are closed in the child; signals are at their defaults and unblocked.
/// The error number on failure, with `pid` untouched.
int spawn(const SpawnOptions& options, pid_t& pid);

/// A pidfd for the process, close-on-exec, or -1 with errno (ENOSYS: kernel older than 5.3). Readable once it has
/// ended.
int open_pidfd(pid_t pid);

/// What tells a process from a later one with the same pid.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< /proc/PID/stat, field 22
  std::string boot_id;            ///< /proc/sys/kernel/random/boot_id

  bool operator==(const ProcessIdentity&) const = default;
};
/// Nothing if there is no such process (a zombie is none).
std::optional<ProcessIdentity> identify(pid_t pid);
/// True while exactly this process runs on this machine.
bool is_alive(const ProcessIdentity& process);

std::string host_name();

}  // namespace stune
