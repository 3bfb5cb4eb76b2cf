/// \file The coordinator as a job: a chain of jobs, each of which submits its successor before it does anything else.
/// The successor waits for its end (--dependency=afterany), so that even a lost node hands over.
///
///     EXPERIMENT/coordinator/job.sh         what each of them runs
///                            generations    when each began: microseconds since 1970, one a line
///                            slurm-JOB.log  what each said
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "runners/slurm_interview.hpp"
#include "runners/slurm_options.hpp"

namespace stune::slurm {

struct Chain {
  std::filesystem::path experiment;  ///< its folder
  std::string name;                  ///< of the experiment
};

/// What a coordinator's job asks for: the site's environment, then `options`, each text one or several. Throws
/// ConfigError for those that cannot work.
UserOptions chain_options(const Environment& environment, const std::vector<std::string>& options);

/// Writes job.sh with these options. Throws as chain_options(), and StorageError.
void write_chain(const Chain& chain, const std::filesystem::path& program, const Environment& environment,
                 const std::vector<std::string>& options);

/// Submits one more coordinator, which begins after job `after` has ended (empty: now). Its job id. Throws RunnerError.
std::string submit_generation(Interview& slurm, const Chain& chain, const Environment& environment,
                              const std::string& after);

/// Notes that a coordinator begins. False: it is the third within a minute, so the chain has to stop.
bool begin_generation(const Chain& chain, TimePoint now);

}  // namespace stune::slurm
