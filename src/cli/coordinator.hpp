/// \file `--coordinator job`: the loop runs in a chain of small Slurm jobs instead of here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "client/session.hpp"

namespace stune::cli {

/// `where` is what --coordinator says. Throws UsageError or ConfigError where that cannot be: another word, trials that
/// are no Slurm jobs (`runner`), options for sbatch that cannot work.
void check_coordinator(const std::string& where, const std::string& runner,
                       const std::vector<std::string>& sbatch_options);

/// Submits the first of the chain. What to tell the user. `sbatch_options`: of the coordinator, not of trials. Throws
/// RunnerError. The session ends first: its lock is the job's then.
std::string begin_chain(Session session, const std::vector<std::string>& sbatch_options);

/// What such a job runs: submits its successor, runs the loop, and withdraws the successor if the loop has come to an
/// end. Not withdrawn, it takes over: after a time limit, a lost node, a kill. `predecessor` is the job whose end this
/// one has waited for, as Slurm sees it: its node may be cut off with the process still alive, which ends when it finds
/// that its lock was taken. Empty: none, or not known.
ExitCode run_generation(const std::filesystem::path& folder, const std::string& predecessor);

}  // namespace stune::cli
