#include "cli/mpi_start.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "runners/mpi_surroundings.hpp"
#include "stune/error.hpp"

namespace stune::cli {

namespace {

namespace fs = std::filesystem;

/// The last --runner of the command line, or empty.
std::string runner_given(const std::vector<std::string>& arguments) {
  const std::string option = "--runner";
  std::string runner;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i].starts_with(option + "=")) runner = arguments[i].substr(option.size() + 1);
    if (arguments[i] == option && i + 1 < arguments.size()) runner = arguments[i + 1];
  }
  return runner;
}

std::string words(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& word : arguments) text += " " + word;
  return text;
}

bool is_first_of_step(const Environment& environment) {
  const auto rank = environment.find("SLURM_PROCID");
  return rank == environment.end() || rank->second == "0";
}

/// What `stune` hands over to; nothing in a build without MPI.
std::optional<fs::path> find_mpi_program() {
  const auto here = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& place : std::array{here / "../libexec/stune/stune-mpi", here / "stune-mpi"}) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return fs::canonical(place);
  }
  return std::nullopt;
}

/// Each trial would run on one rank's worth, unnoticed.
void refuse_shared_trials(const RunOptions& options, const std::string& command) {
  if (options.ranks_per_trial <= 1) return;
  const std::string ranks = std::to_string(options.ranks_per_trial);
  throw UsageError("--ranks-per-trial " + ranks +
                   ": only ranks of an MPI program can share a trial, and trials are to run elsewhere (" +
                   options.runner + "); start it with\n  mpirun -n " + std::to_string(1 + options.ranks_per_trial) +
                   " stune " + command + " --runner mpi\nor, for trials of one process, say --ranks-per-trial 1");
}

/// mpirun was meant to matter.
void warn_of_lone_rank(const RunOptions& options, const std::string& command) {
  if (options.runner != "auto" || mpi::launch_of(current_environment()).launcher != "mpirun") return;
  log::warn(
      "mpirun started one rank only, so that trials run as without it; to run them on ranks, type mpirun -n 9 stune " +
      command + ", which is one rank to coordinate and 8 to evaluate trials");
}

[[noreturn]] void refuse_without_ranks(const std::string& command) {
  if (!find_mpi_program()) {
    throw UsageError(
        "--runner mpi: this stune was built without MPI; say --runner local or slurm, or build stune where CMake finds "
        "an MPI library");
  }
  const auto launch = mpi::launch_of(current_environment());
  throw UsageError(
      std::string(launch.launcher.empty() ? "with --runner mpi, trials run on the ranks of an MPI program"
                                          : "there is one rank only, which coordinates; trials need others") +
      ": start it with\n  mpirun -n 9 stune " + command +
      " --runner mpi\nwhich is one rank to coordinate and 8 to evaluate trials; without MPI, say --runner local or "
      "slurm");
}

}  // namespace

std::optional<fs::path> mpi_program(const std::vector<std::string>& arguments, const Environment& environment) {
  if (arguments.empty() || (arguments[0] != "run" && arguments[0] != "resume")) return std::nullopt;
  const mpi::Launch launch = mpi::launch_of(environment);
  if (launch.ranks < 2) return std::nullopt;
  const std::string runner = runner_given(arguments);
  const bool elsewhere = runner == "local" || runner == "slurm";
  if (!launch.speaks_mpi) {
    if (!is_first_of_step(environment)) throw RunnerError("see the message of the first process");
    throw RunnerError("srun started " + std::to_string(launch.ranks) +
                      (elsewhere ? " processes, each of which would run the experiment; without srun say: stune"
                                 : " processes that know nothing of each other; for MPI say: srun --mpi=pmix stune") +
                      words(arguments));
  }
  if (auto program = find_mpi_program()) return program;
  throw ConfigError(launch.launcher + " started " + std::to_string(launch.ranks) +
                    " processes, but this stune was built without MPI; start one, with --runner local or slurm, or "
                    "build stune where CMake finds an MPI library");
}

RunOptions with_mpi(RunOptions options, const MpiRanks* ranks, const std::string& command) {
  if (ranks != nullptr && options.runner == "auto") options.runner = "mpi";
  if (options.runner != "mpi") {
    if (ranks != nullptr) {
      const std::string count = std::to_string(ranks->workers + 1);
      throw UsageError("this was started as " + count + " MPI ranks, and trials are to run elsewhere (" +
                       options.runner + "); without mpirun or srun, type\n  stune " + command + " --runner " +
                       options.runner + "\nor run them on the ranks:\n  mpirun -n " + count + " stune " + command +
                       " --runner mpi");
    }
    refuse_shared_trials(options, command);
    warn_of_lone_rank(options, command);
    if (options.automatic_parallel) options.parallel = 1;
    return options;
  }
  if (ranks == nullptr) refuse_without_ranks(command);
  const int together = std::max(1, options.ranks_per_trial);
  const int workers = ranks->workers / together;
  if (workers < 1) {
    throw UsageError("there are " + std::to_string(ranks->workers) + " worker ranks, and a trial takes " +
                     std::to_string(together) + ": start more, as in\n  mpirun -n " + std::to_string(1 + together) +
                     " stune " + command);
  }
  // Twice: a worker has its next trial at hand while trials are short; the runner takes no more than it can use.
  if (options.automatic_parallel) options.parallel = std::max(1, 2 * workers);
  if (options.trials > 0 && options.trials < workers) {
    log::warn("there are more workers (" + std::to_string(workers) + ") than trials (" +
              std::to_string(options.trials) + "), and some have nothing to do; enough is mpirun -n " +
              std::to_string(1 + options.trials * together));
  }
  return options;
}

}  // namespace stune::cli
