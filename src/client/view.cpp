#include <algorithm>

#include "base/file.hpp"
#include "client/founding.hpp"
#include "client/session.hpp"
#include "storage/journal.hpp"
#include "storage/lock.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

/// Who holds the lock and may be alive; nobody if it is provably dead.
void find_owner(const fs::path& folder, View& seen) {
  const auto holder = read_lock(folder);
  const HolderState state = holder ? examine(*holder) : HolderState::dead;
  if (state == HolderState::dead) return;
  seen.owner = describe(*holder);
  seen.owner_is_elsewhere = state == HolderState::elsewhere;
  std::error_code gone;
  const auto counted = fs::last_write_time(folder / "lock", gone);
  if (!gone) seen.owner_silent = std::max(Seconds{0}, Seconds(fs::file_time_type::clock::now() - counted));
}

std::string list_experiments() {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(".", ignored)) {
    if (is_experiment(entry.path())) found.push_back(entry.path().filename().string());
  }
  std::ranges::sort(found);
  if (found.empty()) return "there is no experiment in this folder";
  std::string text = "experiments in this folder:";
  for (const std::string& name : found) text += " " + name;
  return text;
}

}  // namespace

std::optional<View> view_if_begun(const fs::path& folder) {
  View seen;
  const Replayed replayed = replay(folder / "journal.jsonl", [&](const Event& event) { seen.experiment.apply(event); });
  seen.torn = replayed.torn_bytes > 0;
  if (!seen.experiment.exists()) return {};
  find_owner(folder, seen);
  seen.telemetry = read_file(folder / "telemetry.json").value_or("");
  return seen;
}

View view(const fs::path& folder) {
  if (!is_experiment(folder)) throw ConfigError(folder.string() + " is no experiment: it has no journal.jsonl");
  std::optional<View> seen = view_if_begun(folder);
  if (!seen) {
    throw ConfigError(folder.string() +
                      " is an experiment that was never begun; repeat the command that was to begin it");
  }
  return std::move(*seen);
}

fs::path find_experiment(const std::string& name) {
  fs::path plain = name;
  if (!plain.has_filename()) plain = plain.parent_path();
  if (is_experiment(plain)) return plain;
  fs::path with_ending = plain;
  with_ending += ".stune";
  if (is_experiment(with_ending)) return with_ending;
  throw ConfigError("no experiment '" + name + "'; " + list_experiments());
}

}  // namespace stune
