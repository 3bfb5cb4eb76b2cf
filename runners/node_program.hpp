/// \file Starts the node program on this machine, once for each attempt.
#pragma once

#include <sys/types.h>

#include "base/children.hpp"
#include "stune/runner.hpp"
#include "trial/task.hpp"

namespace stune {

class NodeProgram {
 public:
  /// Attempts get the workplace's environment. `die_with_us`: they end when this process does. Throws RunnerError where
  /// the experiment's node program cannot be run.
  NodeProgram(const Workplace& workplace, bool die_with_us);

  /// Gives it the task; it makes the attempt's folder and all files itself, so that nothing here waits for a file
  /// system. The error number, or 0 with `pid`, a child of ours.
  int start(const Task& task, pid_t& pid);

  const std::string& path() const { return options_.arguments.front(); }

 private:
  ExperimentFolder folder_;
  SpawnOptions options_;  ///< kept, so that the environment is not copied for every attempt
};

/// Whether a start that ended like this never began the attempt for want of space or of a working file system. Its
/// claim must not exist.
bool failed_on_storage(int wait_status);

/// Whether spawning may work later: too many processes or files, no memory.
bool may_pass(int error);

}  // namespace stune
