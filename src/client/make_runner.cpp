#include "client/make_runner.hpp"

#include <unistd.h>

#include <sstream>

#include "storage/codec.hpp"
#include "stune/error.hpp"
#include "stune/local_runner.hpp"
#include "stune/slurm_runner.hpp"

namespace stune {
namespace {

bool in_path(const std::string& program, const Environment& environment) {
  const auto path = environment.find("PATH");
  std::istringstream folders(path == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : path->second);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (!folder.empty() && ::access((folder + '/' + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

std::string resolve_runner(const std::string& name, const Environment& environment) {
  if (name != "auto") return name;
  return in_path("sbatch", environment) ? "slurm" : "local";
}

SlurmOptions slurm_options(const RunOptions& options) {
  SlurmOptions slurm;
  slurm.sbatch_options = options.sbatch_options;
  if (options.poll_start > Seconds{0}) slurm.poll_start = options.poll_start;
  if (options.poll_cap > Seconds{0}) slurm.poll_cap = options.poll_cap;
  slurm.poll_growth = options.poll_growth;
  slurm.submit_rate = options.submit_rate;
  return slurm;
}

RunOptions describe_runner(const Runner& runner, const Command& command, RunOptions options) {
  options.runner = command == Command{} ? "custom" : runner.name();
  return changed(std::move(options), runner.remembered());
}

std::unique_ptr<Runner> make_runner(const RunOptions& options) {
  if (options.runner == "local") {
    LocalOptions local;
    local.cpus_per_trial = options.cpus_per_trial;
    local.gpus_per_trial = options.gpus_per_trial;
    if (options.cpus_per_trial > 0 || options.gpus_per_trial > 0) local.slots = options.parallel;
    return std::make_unique<LocalRunner>(local);
  }
  if (options.runner == "slurm") {
    return std::make_unique<SlurmRunner>(slurm_options(options));
  }
  // Without ranks, what is left of an MPI run can still be found and stopped: each trial has its process and its files.
  if (options.runner == "mpi") return std::make_unique<LocalRunner>();
  if (options.runner == "custom") {
    throw RunnerError("trials of this experiment are placed by a program of its own: start that program again");
  }
  throw ConfigError("unknown runner '" + options.runner + "'; valid are auto, local, slurm, mpi");
}

std::int64_t batch_calls(const Runner& runner) {
  const auto* on_slurm = dynamic_cast<const SlurmRunner*>(&runner);
  if (!on_slurm) return 0;
  std::int64_t calls = 0;
  for (const auto& [program, count] : on_slurm->command_counts()) calls += count.calls;
  return calls;
}

}  // namespace stune
