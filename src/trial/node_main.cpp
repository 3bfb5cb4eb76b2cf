// The node program: what runs on the compute node, and what a trial finds in its PATH under the name `stune`.
#include <exception>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "stune/error.hpp"
#include "trial/attempt.hpp"
#include "trial/records.hpp"

namespace {

using stune::UsageError;

constexpr const char* help =
    "stune inside a trial:\n"
    "\n"
    "  stune metric NAME=VALUE ... [--sem S] [--step K]   report what the trial measured\n"
    "  stune metric --help                                more on metrics\n"
    "  stune attempt ATTEMPT_FOLDER                       run an attempt (for runners and job scripts)\n"
    "      --die-with-parent     end it when the process that started us dies\n"
    "      --task-from-stdin     what to run is read there, and not from the folder\n"
    "\n"
    "This is the small program that goes with trials to the compute node. Experiments are run, watched and\n"
    "explained by the full program of the same name.\n";

constexpr const char* attempt_usage = "use: stune attempt [--die-with-parent] [--task-from-stdin] ATTEMPT_FOLDER";

bool asks_for_help(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "--help" || arguments.front() == "-h");
}

int metric(const std::vector<std::string>& arguments) {
  if (asks_for_help(arguments)) {
    std::cout << stune::metric_help();
  } else {
    stune::report_metrics(arguments, stune::current_environment());
  }
  return 0;
}

int attempt(const std::vector<std::string>& arguments) {
  stune::trial::AttemptOptions options;
  for (const std::string& argument : arguments) {
    if (argument == "--die-with-parent") {
      options.die_with_parent = true;
    } else if (argument == "--task-from-stdin") {
      options.task = stune::parse_task(std::string(std::istreambuf_iterator<char>(std::cin), {}), "on standard input");
    } else if (options.folder.empty() && !argument.starts_with("--")) {
      options.folder = argument;
    } else {
      throw UsageError("unknown argument '" + argument + "'; " + attempt_usage);
    }
  }
  if (options.folder.empty()) throw UsageError(attempt_usage);
  return stune::trial::run_attempt(options, stune::current_environment());
}

int run(std::vector<std::string> arguments) {
  if (asks_for_help(arguments)) {
    std::cout << help;
    return 0;
  }
  const std::string command = arguments.empty() ? "" : arguments.front();
  if (!arguments.empty()) arguments.erase(arguments.begin());
  if (command == "metric") return metric(arguments);
  if (command == "attempt") return attempt(arguments);
  throw UsageError((command.empty() ? "nothing to do" : "'" + command + "' is not known inside a trial") +
                   std::string("; `stune --help` says what is"));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const stune::Error& e) {
    std::cerr << "stune: " << e.what() << '\n';
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    std::cerr << "stune: " << e.what() << '\n';
    return static_cast<int>(stune::ExitCode::failure);
  }
}
