/// \file Slurm's job states, and the three things stune wants to know of one.
#pragma once

#include <cstdint>
#include <string_view>

namespace stune::slurm {

/// All that squeue and sacct print, Slurm 20.02 to 25.11. Names follow Slurm's.
enum class State : std::uint8_t {
  pending,  ///< from here on: waiting
  requeued,
  requeue_hold,
  requeue_fed,
  special_exit,
  resv_del_hold,
  expediting,
  configuring,
  running,  ///< from here on: running
  suspended,
  stopped,
  signaling,
  resizing,
  completing,  ///< from here on: ended, how is hidden
  stage_out,
  completed,  ///< from here on: over
  cancelled,
  failed,
  timeout,
  node_fail,
  preempted,
  boot_fail,
  deadline,
  out_of_memory,
  revoked,
  unknown  ///< a word not known here
};

/// Where a job stands. `over` may still turn into `waiting`: PREEMPTED, NODE_FAIL and even FAILED jobs can be requeued
/// under the same id, which is why an attempt is fenced before its end is believed.
enum class Phase : std::uint8_t { waiting, running, ending, over, unknown };

/// The short or the long form; what follows the first word ("CANCELLED by 1000", "CANCELLED+") does not matter.
State parse_state(std::string_view text);
/// The long form, as sacct prints it.
std::string_view to_string(State state);
Phase phase_of(State state);

}  // namespace stune::slurm
