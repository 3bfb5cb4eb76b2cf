/// \file `--coordinator job`: the loop runs in a chain of small Slurm jobs instead of here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "client/session.hpp"

namespace stune::cli {

/// Submits the first of the chain. What to tell the user. `sbatch_options`: of the coordinator, not of trials. Throws
/// ConfigError where trials are no Slurm jobs, RunnerError. The session ends first: its lock is the job's then.
std::string begin_chain(Session session, const std::vector<std::string>& sbatch_options);

/// What such a job runs: submits its successor, runs the loop, and withdraws the successor if the loop has come to an
/// end. Not withdrawn, it takes over: after a time limit, a lost node, a kill.
ExitCode run_generation(const std::filesystem::path& folder);

}  // namespace stune::cli
