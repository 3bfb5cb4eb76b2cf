/// \file The runner that the options name.
#pragma once

#include <memory>

#include "base/children.hpp"
#include "experiment/options.hpp"
#include "stune/runner.hpp"
#include "stune/slurm_runner.hpp"

namespace stune {

/// "auto" is slurm where sbatch is found in the environment's PATH, else local. Other names as they are.
std::string resolve_runner(const std::string& name, const Environment& environment);

/// What the options say about Slurm.
SlurmOptions slurm_options(const RunOptions& options);

/// Throws ConfigError for a name that is none, listing the valid ones.
std::unique_ptr<Runner> make_runner(const RunOptions& options);

}  // namespace stune
