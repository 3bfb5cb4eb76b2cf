/// \file Processes that a command leaves behind.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace stune::trial {

/// Orphans below the calling process become its children from now on, so that they can be found.
void adopt_orphans();

/// Ends what is left of the command, whose leader has ended but is not waited for yet: a second to end by itself (a
/// pipeline's last writer), SIGTERM, two seconds, SIGKILL. Includes processes that left the group. Returns at
/// once if nothing is left. `spared` is not touched. The calling process has one thread, blocks SIGCHLD and
/// adopts orphans.
void end_leftovers(pid_t leader, pid_t spared);

/// SIGKILL to every process of ours whose environment holds all `marks` ("NAME=VALUE"), but not to the calling one;
/// how many there were. Reads all of /proc.
int kill_marked(const std::vector<std::string>& marks);

}  // namespace stune::trial
