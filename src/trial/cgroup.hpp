/// \file The kernel's evidence for out of memory: how many processes of our control group it has killed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace stune::trial {

/// The files that count, from our own group up to the one of the whole batch job (named job_ID); version 1 and 2.
/// `cgroups` is the content of /proc/self/cgroup. Pure.
std::vector<std::filesystem::path> oom_counters(std::string_view cgroups);

/// The largest count in these files; 0 if none can be read. Never throws.
std::int64_t count_oom_kills(const std::vector<std::filesystem::path>& counters);

}  // namespace stune::trial
