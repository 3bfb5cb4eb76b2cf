/// \file What cannot work is refused before anything is changed: an experiment once begun, or an option once journaled,
/// would stay. Pure but for reading the script.
#pragma once

#include <string>
#include <vector>

#include "client/session.hpp"
#include "runners/slurm_options.hpp"
#include "trial/task.hpp"

namespace stune::cli {

/// Parameters of the first trial: the user's defaults, else the middle of the search space.
Parameterization first_parameters(const SearchSpace& space);
/// The first job, as runners get it.
Job first_job(const Definition& definition);
/// Task of trial 0, as a runner would write it. Throws ConfigError for a placeholder that names no parameter.
Task first_task(const Workplace& workplace, const Definition& definition);
/// `words` with their placeholders filled in for `job`.
std::vector<std::string> filled(const std::vector<std::string>& words, const Job& job);

/// What the script's #SBATCH lines and --sbatch ask of Slurm. Throws ConfigError naming the place of an option that
/// cannot work.
slurm::UserOptions slurm_options(const NewExperiment& wanted);

/// Throws ConfigError, naming the place, where trials of `wanted` could not be placed: a placeholder that names no
/// parameter, options for sbatch that cannot work, more time or memory to be granted where none is asked for.
void check_placeable(const NewExperiment& wanted);

/// An experiment that has begun, with other options.
NewExperiment begun_with(const std::filesystem::path& folder, const Experiment& experiment, RunOptions options);

}  // namespace stune::cli
