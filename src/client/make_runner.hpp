/// \file The runner that the options name.
#pragma once

#include <cstdint>
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

/// The inverse for a runner that the caller brings: the options with its name and whatever make_runner() needs to make
/// it again (Runner::remembered). Without a `command`, only the caller's program knows what its trials are: custom.
RunOptions describe_runner(const Runner& runner, const Command& command, RunOptions options);

/// Throws ConfigError for a name that is none, listing the valid ones.
std::unique_ptr<Runner> make_runner(const RunOptions& options);

/// Commands of the batch system that it has called since it was made, however they ended; 0 where it has none.
std::int64_t batch_calls(const Runner& runner);

}  // namespace stune
