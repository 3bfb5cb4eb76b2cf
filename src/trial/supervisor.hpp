/// \file Starts the command of a task and stays with it until it has ended.
#pragma once

#include <vector>

#include "base/children.hpp"
#include "trial/exit_record.hpp"
#include "trial/task.hpp"
#include "trial/witness.hpp"

namespace stune::trial {

/// SIGPIPE is ignored, SIGCHLD is at its default, and both SIGCHLD and forwarded_signals() are blocked from now on.
void take_over_signals();

struct Supervision {
  bool die_with_parent = false;  ///< SIGTERM to the command when our parent dies, SIGKILL 10 s later
  int output = -1;               ///< the command's standard output and error
};

/// Blocks until the command and what it left behind have ended. Fills in how: exit_code, signal, launched, error,
/// time_limit, signals, cpu_seconds, peak_memory. Needs take_over_signals() and adopt_orphans(). Never throws for the
/// command's sake.
void supervise(const Task& task, const Environment& environment, const Supervision& supervision, Witness& witness,
               ExitRecord& record);

/// Why the command could not be started, for people. `error` is the error number of spawn().
std::string explain_launch(const SpawnOptions& command, int error);

}  // namespace stune::trial
