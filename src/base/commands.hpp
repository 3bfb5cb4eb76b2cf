/// \file External commands (sbatch, squeue, ...) that never block the coordinator.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/children.hpp"
#include "stune/trial.hpp"

namespace stune {

struct CommandCall {
  std::vector<std::string> arguments;
  Environment environment;
  std::string input;
  Seconds timeout{60};  ///< then SIGKILL to its process group
};

struct CommandResult {
  int exit_code = 0;  ///< 127 and a message in `error` where it could not be started
  int signal = 0;
  int could_not_start = 0;  ///< errno, where it could not be started
  bool timed_out = false;
  bool truncated = false;  ///< more than 16 MiB were written to one of the two; the rest is dropped
  std::string output;
  std::string error;
  Seconds elapsed{0};
};

using CommandId = int;

/// Seam: tests answer for Slurm. One owner, one thread. Destruction kills what still runs.
class Commands {
 public:
  virtual ~Commands() = default;
  /// Returns at once; the answer comes through finished().
  virtual CommandId start(CommandCall call) = 0;
  virtual std::vector<std::pair<CommandId, CommandResult>> finished() = 0;
  /// Readable when finished() may have something; stays the same.
  virtual int wake_fd() const = 0;
  /// When a timeout is due: call finished() by then.
  virtual TimePoint next_deadline() const = 0;
};

class Clock;
/// Child processes with pipes. `clock` outlives it and only says what the deadlines are called: timeouts are measured
/// with the monotonic clock.
std::unique_ptr<Commands> make_child_commands(Clock& clock);

}  // namespace stune
