/// \file Processors of this machine, and the time on them.
#pragma once

#include <sys/resource.h>

#include <vector>

namespace stune {

/// User and system, in seconds.
double cpu_seconds(const rusage& usage);
/// Of this process, all threads.
double cpu_seconds();

/// This thread, and what it starts, runs on these from now on, as far as the system allows. None: nothing changes.
void bind_to(const std::vector<int>& cpus);

}  // namespace stune
