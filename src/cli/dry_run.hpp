/// \file What `stune run` would do, shown without doing it. Pure but for reading the script.
#pragma once

#include <filesystem>
#include <string>

#include "client/session.hpp"
#include "runners/slurm_options.hpp"
#include "trial/task.hpp"

namespace stune::cli {

/// Parameters of the first trial: the user's defaults, else the middle of the search space.
Parameterization first_parameters(const SearchSpace& space);
/// Task of trial 0, as a runner would write it. Throws ConfigError for a placeholder that names no parameter.
Task first_task(const Workplace& workplace, const Definition& definition);

/// What the script's #SBATCH lines and --sbatch ask of Slurm. Throws ConfigError naming the place of an option that
/// cannot work.
slurm::UserOptions slurm_options(const NewExperiment& wanted);

/// The job script as Slurm would get it, trial 0's command and environment, and the polling plan.
std::string dry_run(const std::filesystem::path& folder, const NewExperiment& wanted);

}  // namespace stune::cli
