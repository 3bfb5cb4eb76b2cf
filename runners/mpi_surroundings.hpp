/// \file What MPI launchers do to a process, and how that is set right for trials: variables, cores, GPUs. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/children.hpp"
#include "runners/slots.hpp"

namespace stune::mpi {

/// How this process was started.
struct Launch {
  std::string launcher;  ///< "mpirun", "srun" or empty
  int ranks = 1;
  bool speaks_mpi = true;  ///< false: srun started several processes that will not find each other
};
Launch launch_of(const Environment& environment);

/// What to type so that the others go on where a rank has died; empty if that was done, as far as can be seen, or if
/// nothing helps.
std::string advice_for_deaths(const Environment& environment);

/// What to do so that trials can end in peace where the launcher is asked to end, for it kills them a second later;
/// empty if that was done, or is not needed.
std::string advice_for_signals(const Environment& environment);

/// What a trial's command starts with: the settings in the experiment's `saved` environment, with this node's own
/// TMPDIR and visible GPUs and the present allocation's SLURM_*, not those of the step that the ranks are. Of the
/// launcher's variables (OMPI_*, PMIX_*, ...) all with `inherit`, else none, so that the command can be an MPI program
/// of its own.
Environment trial_environment(const Environment& saved, const Environment& own, bool inherit);

/// One rank as its node sees it.
struct RankPlace {
  std::string host;
  Share may_use;     ///< before anything is shared out
  std::string node;  ///< what launchers call the host
};

/// What the trial of the worker that begins at `first` may use on its node: `ranks` are all workers in order, of which
/// `together` neighbours share a trial. What the launcher gave to each alone stays; what several may use is shared out
/// equally, or by `request` (its slots are ignored). Empty cpus: not bound, where there are more workers than cores.
/// Throws RunnerError that says what is there if it is too little.
Share share_of(const std::vector<RankPlace>& ranks, std::size_t first, std::size_t together,
               const ShareRequest& request);

/// The ranks of one trial for the command: STUNE_RANKS=4, STUNE_HOSTS=n1:2,n2:2 and STUNE_MPIRUN, which starts a
/// program on all of them, wherever the trial's own cores are. In an allocation of Slurm's, which is in use already,
/// that takes SLURM_OVERLAP.
Environment rank_environment(const std::vector<RankPlace>& ranks, std::size_t first, std::size_t together, bool mpich);

}  // namespace stune::mpi
