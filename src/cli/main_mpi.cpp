// What `stune` becomes as one of several MPI ranks: rank 0 is the command line, the others evaluate trials.
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/mpi_start.hpp"
#include "cli/subcommands.hpp"
#include "stune/mpi_runner.hpp"

namespace {

using stune::ExitCode;

/// Launchers and batch systems signal all ranks, some of them twice.
constexpr std::array ending_signals{SIGINT, SIGTERM, SIGHUP, SIGUSR1};

void on_ending_signals(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  for (const int number : ending_signals) sigaction(number, &action, nullptr);
}

extern "C" void wind_down(int) { stune::MpiWorld::wind_down(); }

/// Before and after the run itself, which has handlers of its own: rank 0 waits for its workers then, and a signal that
/// comes twice must not end it. One that comes later does.
extern "C" void end_unless_repeated(int) {
  static volatile time_t first = 0;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (first == 0) first = now.tv_sec;
  if (now.tv_sec - first > 2) _exit(static_cast<int>(ExitCode::interrupted));
}

std::unique_ptr<stune::Runner> make_runner(stune::MpiWorld& world, const stune::RunOptions& options) {
  stune::MpiOptions mpi;
  mpi.ranks_per_trial = options.ranks_per_trial;
  mpi.cpus_per_trial = options.cpus_per_trial;
  mpi.gpus_per_trial = options.gpus_per_trial;
  mpi.inherit_environment = options.trial_env == "inherit";
  return std::make_unique<stune::MpiRunner>(world, mpi);
}

ExitCode coordinate(stune::MpiWorld& world, const std::vector<std::string>& arguments) {
  const stune::cli::MpiRanks ranks{world.workers(),
                                   [&world](const stune::RunOptions& options) { return make_runner(world, options); }};
  try {
    return stune::cli::run_program(arguments, &ranks);
  } catch (const stune::Error& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return error.code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return ExitCode::failure;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  ExitCode code = ExitCode::success;
  try {
    stune::MpiWorld world(argc, argv);
    on_ending_signals(world.is_worker() ? wind_down : end_unless_repeated);
    if (world.is_worker()) return world.work();
    code = coordinate(world, arguments);
    std::fflush(stdout);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return static_cast<int>(ExitCode::runner);
  }
  return static_cast<int>(code);
}
