/// \file Ends what an attempt's node program left behind when it was killed itself.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

namespace stune {

/// Every process whose environment at its start had this STUNE_ATTEMPT_DIR: the node program, the command and all its
/// descendants, whatever groups and sessions they made; not one that was started with a cleaned environment, not those
/// of other users, and never this process. Reads all of /proc.
std::vector<pid_t> processes_of(const std::filesystem::path& attempt_folder);

/// SIGKILL to all of them but `spared`. How many there were: call again until none is.
int kill_processes_of(const std::filesystem::path& attempt_folder, pid_t spared = 0);

}  // namespace stune
