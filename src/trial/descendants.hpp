/// \file Processes that a command leaves behind.
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

namespace stune::trial {

/// Orphans below the calling process become its children from now on, so that they can be found.
void adopt_orphans();

/// Ends what is left of the command, whose leader has ended but is not waited for yet: a quarter of a second to end by
/// itself (a pipeline's last writer), SIGTERM, two seconds, SIGKILL. Includes processes that left the group. Returns at
/// once if nothing is left. `spared` is not touched. The calling process has one thread, blocks SIGCHLD and
/// adopts orphans.
void end_leftovers(pid_t leader, pid_t spared);

}  // namespace stune::trial
