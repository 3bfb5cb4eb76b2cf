/// \file What `stune run` would do, shown without doing it. Pure but for reading the script.
#pragma once

#include <filesystem>
#include <string>

#include "client/session.hpp"

namespace stune::cli {

/// The job script as Slurm would get it, trial 0's command and environment, and the polling plan.
/// `wanted.options.runner` is resolved; `begun`: what is in the folder, if anything is.
std::string dry_run(const std::filesystem::path& folder, const NewExperiment& wanted, const Experiment* begun);

}  // namespace stune::cli
