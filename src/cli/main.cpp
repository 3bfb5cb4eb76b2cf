#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/subcommands.hpp"

int main(int argc, char** argv) {
  try {
    return static_cast<int>(stune::cli::run_program(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc)));
  } catch (const stune::Error& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stune: %s\n", error.what());
    return static_cast<int>(stune::ExitCode::failure);
  }
}
