#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "cli/mpi_start.hpp"
#include "cli/subcommands.hpp"

namespace {

/// Returns only where it cannot.
void become(const std::filesystem::path& program, char** argv) {
  ::execv(program.c_str(), argv);
  throw stune::RunnerError("cannot run " + program.string() + ": " + std::strerror(errno));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (const auto program = stune::cli::mpi_program(arguments, stune::current_environment())) become(*program, argv);
    return static_cast<int>(stune::cli::run_program(arguments));
  } catch (const stune::Error& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return static_cast<int>(stune::ExitCode::failure);
  }
}
