/// \file Manners on machines that are shared with others.
#pragma once

#include "client/session.hpp"

namespace stune::cli {

/// Before the experiment is run: beside Slurm, on a login node perhaps, this process and what it starts take only what
/// nobody else wants (nice 19). Trials of this machine and of MPI ranks keep their priority.
void be_modest(const Session& session);

}  // namespace stune::cli
