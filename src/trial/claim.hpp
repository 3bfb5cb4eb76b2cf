/// \file Claim and fence: however often an attempt is started or given up, at most one start of it runs.
///
/// Starts of an attempt are numbered 0, 1, ... Start s exists once the file claim.s exists; it is created exclusively
/// with its content, and s is always one more than the highest that exists. Who cannot create it looks again.
/// A fence is a claim by the coordinator: nobody starts after it.
#pragma once

#include <string>
#include <variant>

#include "base/children.hpp"
#include "trial/folder.hpp"

namespace stune {

struct Claimant {
  std::string job;  ///< "cluster:4711", "cluster:4700_3" (array id and index), "local:host:pid"; empty: a fence
  int restart = 0;  ///< the batch system's restart count of that job
  std::string host;
  ProcessIdentity process;  ///< the node program
  std::string nonce;        ///< unique to this try
  int nodes = 0;            ///< that the job has; 0: unknown
};

/// The calling process as a claimant. In a Slurm job (SLURM_JOB_ID, or SLURM_ARRAY_JOB_ID and SLURM_ARRAY_TASK_ID) the
/// job is "CLUSTER:ID" or "CLUSTER:ARRAY_INDEX" with SLURM_CLUSTER_NAME, which may be empty, and the restart count is
/// SLURM_RESTART_COUNT, of SLURM_JOB_NUM_NODES nodes; anywhere else it is "local:HOST:PID".
Claimant make_claimant(const Environment& environment);

/// This claimant now owns start `start`.
struct Claimed {
  int start = 0;
};
/// Must not run: who did, and why not ("fenced", "already started by ...", "already finished").
struct Refused {
  int start = 0;
  Claimant by;
  std::string why;
};

/// A job may start where nobody has, or where it itself (same job, higher restart count) started before and that start
/// did not finish by its own will: it has no exit record, or one that says a signal from outside ended it.
/// Throws StorageError.
std::variant<Claimed, Refused> claim(const AttemptFolder& folder, const Claimant& claimant);

/// Nobody will start this attempt from now on; it never started, or its last start is known to be over.
struct Fenced {};
/// It did start: the job named here is to be adopted.
struct Started {
  int start = 0;
  Claimant by;
};

/// Fences an attempt that has not started; creates its folder where there is none. If it has started, nothing changes.
/// Fenced, too, where fence_after() did it before. Throws StorageError.
std::variant<Fenced, Started> fence(const AttemptFolder& folder);
/// Fences an attempt whose start `after` is over: no restart of its job can begin another. A later start wins and is
/// returned.
std::variant<Fenced, Started> fence_after(const AttemptFolder& folder, int after);

/// A job has claimed the attempt and has not left an exit record of its last start. Throws StorageError.
bool may_still_run(const AttemptFolder& folder);

/// The number of the highest claim, readable or not, or -1. Lists the folder, because a lookup by name may be answered
/// from a stale cache of a network file system; such a listing may still be late, so that it is a lower bound. Throws
/// StorageError.
int highest_claim(const AttemptFolder& folder);
/// The last claim that is no fence, if any. Reads the folder anew. Throws StorageError.
std::optional<Started> last_start(const AttemptFolder& folder);

}  // namespace stune
