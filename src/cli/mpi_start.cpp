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

}  // namespace

std::optional<fs::path> mpi_program(const std::vector<std::string>& arguments, const Environment& environment) {
  if (arguments.empty() || (arguments[0] != "run" && arguments[0] != "resume")) return std::nullopt;
  const std::string runner = runner_given(arguments);
  if (!runner.empty() && runner != "mpi" && runner != "auto") return std::nullopt;
  const mpi::Launch launch = mpi::launch_of(environment);
  if (launch.ranks < 2) return std::nullopt;
  if (!launch.speaks_mpi) {
    if (!is_first_of_step(environment)) throw RunnerError("see the message of the first process");
    throw RunnerError("srun started " + std::to_string(launch.ranks) +
                      " processes that know nothing of each other; for MPI say: srun --mpi=pmix stune" +
                      words(arguments));
  }
  const auto here = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& place : std::array{here / "../libexec/stune/stune-mpi", here / "stune-mpi"}) {
    std::error_code ignored;
    if (fs::is_regular_file(place, ignored)) return fs::canonical(place);
  }
  throw ConfigError(launch.launcher + " started " + std::to_string(launch.ranks) +
                    " processes, but this stune was built without MPI; start one, with --runner local or slurm, or "
                    "build stune where CMake finds an MPI library");
}

RunOptions with_mpi(RunOptions options, const MpiRanks* ranks, bool parallel_given, const std::string& command) {
  if (ranks != nullptr && options.runner == "auto") options.runner = "mpi";
  if (options.runner != "mpi") {
    if (ranks == nullptr) return options;
    throw ConfigError("this was started as " + std::to_string(ranks->workers + 1) +
                      " MPI ranks, and trials are to run elsewhere (" + options.runner +
                      "); either start it once, without mpirun or srun, or say --runner mpi");
  }
  if (ranks == nullptr) {
    const auto launch = mpi::launch_of(current_environment());
    throw UsageError(
        std::string(launch.launcher.empty() ? "with --runner mpi, trials run on the ranks of an MPI program"
                                            : "there is one rank only, which coordinates; trials need others") +
        ": start it with\n  mpirun -n 9 stune " + command +
        "\nwhich is one rank to coordinate and 8 to evaluate trials; without MPI, say --runner local or slurm");
  }
  const int together = std::max(1, options.ranks_per_trial);
  const int workers = ranks->workers / together;
  if (workers < 1) {
    throw UsageError("there are " + std::to_string(ranks->workers) + " worker ranks, and a trial takes " +
                     std::to_string(together) + ": start more, as in\n  mpirun -n " + std::to_string(1 + together) +
                     " stune " + command);
  }
  // Twice: a worker has its next trial at hand while trials are short; the runner takes no more than it can use.
  if (!parallel_given) options.parallel = std::max(1, 2 * workers);
  if (options.trials > 0 && options.trials < workers) {
    log::warn("there are more workers (" + std::to_string(workers) + ") than trials (" +
              std::to_string(options.trials) + "), and some have nothing to do; enough is mpirun -n " +
              std::to_string(1 + options.trials * together));
  }
  return options;
}

}  // namespace stune::cli
