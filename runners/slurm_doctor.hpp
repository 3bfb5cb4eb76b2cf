/// \file Can stune work with the Slurm that is here? Asks it a few questions, each once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/commands.hpp"
#include "runners/slurm_parse.hpp"
#include "stune/slurm_runner.hpp"

namespace stune::slurm {

struct Finding {
  enum class Grade : std::uint8_t { good, warning, bad };
  Grade grade = Grade::good;
  std::string what;    ///< "squeue", "accounting"
  std::string detail;  ///< what was found, and what to do
};

/// Commands, versions, configuration, queue, accounting and the polling plan that follows for `options`. Blocks until
/// all have answered, minutes at most.
std::vector<Finding> examine_slurm(Commands& commands, Clock& clock, const Environment& environment,
                                   const SlurmOptions& options);

/// Submits one small job that reads and writes in `folder`, which it needs to see, and waits for what it wrote. Blocks
/// for `patience` at most; then the job is cancelled.
std::vector<Finding> try_a_job(Commands& commands, Clock& clock, const Environment& environment,
                               const SlurmOptions& options, const std::filesystem::path& folder, Seconds patience);

/// What follows for `options` where Slurm is configured like this. Pure.
std::vector<Finding> polling_plan(const Config& config, const SlurmOptions& options);

}  // namespace stune::slurm
