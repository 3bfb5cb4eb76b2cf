#include "trial/cgroup.hpp"

#include <algorithm>
#include <charconv>

#include "base/file.hpp"
#include "stune/error.hpp"

namespace stune::trial {
namespace {

constexpr std::string_view oom_kills = "oom_kill ";

/// Without a batch job only our own group counts: those above hold other people's processes.
void add_levels(std::vector<std::filesystem::path>& counters, const std::filesystem::path& mount,
                std::string_view group, const char* file) {
  const bool in_job = group.find("/job_") != std::string_view::npos;
  for (std::filesystem::path path(group);; path = path.parent_path()) {
    counters.push_back(mount / path.relative_path() / file);
    if (!in_job || path.filename().string().starts_with("job_")) return;
  }
}

bool lists_memory(std::string_view controllers) {
  for (std::size_t begin = 0; begin <= controllers.size();) {
    const std::size_t end = std::min(controllers.find(',', begin), controllers.size());
    if (controllers.substr(begin, end - begin) == "memory") return true;
    begin = end + 1;
  }
  return false;
}

std::int64_t parse_count(std::string_view text) {
  for (std::size_t at = text.find(oom_kills); at != std::string_view::npos; at = text.find(oom_kills, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    std::int64_t count = 0;
    std::from_chars(text.data() + at + oom_kills.size(), text.data() + text.size(), count);
    return count;
  }
  return 0;
}

}  // namespace

std::vector<std::filesystem::path> oom_counters(std::string_view cgroups) {
  std::vector<std::filesystem::path> counters;
  while (!cgroups.empty()) {
    const std::string_view line = cgroups.substr(0, cgroups.find('\n'));
    cgroups.remove_prefix(std::min(line.size() + 1, cgroups.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view group = line.substr(second + 1);
    if (controllers.empty()) {
      add_levels(counters, "/sys/fs/cgroup", group, "memory.events");
      add_levels(counters, "/sys/fs/cgroup/unified", group, "memory.events");
    } else if (lists_memory(controllers)) {
      add_levels(counters, "/sys/fs/cgroup/memory", group, "memory.oom_control");
    }
  }
  return counters;
}

std::int64_t count_oom_kills(const std::vector<std::filesystem::path>& counters) {
  std::int64_t count = 0;
  for (const auto& file : counters) {
    try {
      if (const auto text = read_file(file)) count = std::max(count, parse_count(*text));
    } catch (const StorageError&) {
      continue;
    }
  }
  return count;
}

}  // namespace stune::trial
