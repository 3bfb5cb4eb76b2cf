/// \file One attempt from claim to exit record: `stune attempt ATTEMPT_FOLDER`.
///
/// Order: claim; witness; command; what it left behind; exit record; done marker. The exit record is written whatever
/// happens to the command or to one of our two processes; only a machine that dies, or a batch system that kills all
/// of them at once, leaves none.
#pragma once

#include <filesystem>
#include <optional>

#include "base/children.hpp"
#include "trial/task.hpp"

namespace stune::trial {

struct AttemptOptions {
  std::filesystem::path folder;
  bool die_with_parent = false;
  /// Then the folder need not exist yet, but the trial's folder around it, and gets its task.json. Nothing: it is read
  /// from task.json.
  std::optional<Task> task{};
};

/// The command's exit code, or 128 + the signal that killed it; 126 or 127 where it could not be started; 0 without
/// doing anything where the claim is refused. Messages go to standard error, and to the attempt's output where the task
/// was given. Throws StorageError where the claim or, after some minutes, the exit record cannot be written; nothing
/// was done then that another start could not repeat.
int run_attempt(const AttemptOptions& options, const Environment& environment);

}  // namespace stune::trial
