#include <CLI/CLI.hpp>
#include <iostream>

#include "base/children.hpp"
#include "cli/subcommands.hpp"
#include "trial/records.hpp"

namespace stune::cli {

void add_metric(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("metric", "Inside a trial: report a result, as in stune metric accuracy=0.93");
  command->set_help_flag();
  command->prefix_command();
  command->callback([&invocation, command] {
    invocation.takes_any_words = true;
    invocation.action = [arguments = command->remaining()] {
      const bool help = !arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h");
      if (help) {
        std::cout << metric_help();
      } else {
        report_metrics(arguments, current_environment());
      }
      return ExitCode::success;
    };
  });
}

}  // namespace stune::cli
