/// \file The subcommands of `stune`, one file each, and what they share while the command line is read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "stune/error.hpp"

namespace CLI {
class App;
}

namespace stune::cli {

struct MpiRanks;

/// One call of the program. Subcommands register with an App that lives as long as this.
struct Invocation {
  std::vector<std::string> command;  ///< the words after --
  std::function<ExitCode()> action;  ///< what the subcommand that was named will do
  bool takes_command = false;        ///< the subcommand that was named knows what to do with `command`
  bool takes_any_words = false;      ///< ... and has read its words itself
  const MpiRanks* mpi = nullptr;     ///< where this is rank 0 of several
};

/// Each adds its subcommand; parsing sets `action` of the one that was named.
void add_run(CLI::App& app, Invocation& invocation);
void add_resume(CLI::App& app, Invocation& invocation);
void add_step(CLI::App& app, Invocation& invocation);
void add_status(CLI::App& app, Invocation& invocation);
void add_trials(CLI::App& app, Invocation& invocation);
void add_best(CLI::App& app, Invocation& invocation);
void add_report(CLI::App& app, Invocation& invocation);
void add_explain(CLI::App& app, Invocation& invocation);
void add_doctor(CLI::App& app, Invocation& invocation);
void add_stop(CLI::App& app, Invocation& invocation);
void add_set(CLI::App& app, Invocation& invocation);
void add_ask(CLI::App& app, Invocation& invocation);
void add_tell(CLI::App& app, Invocation& invocation);
void add_attach(CLI::App& app, Invocation& invocation);
void add_metric(CLI::App& app, Invocation& invocation);
void add_predict(CLI::App& app, Invocation& invocation);
void add_export(CLI::App& app, Invocation& invocation);

/// The optional positional EXPERIMENT.
void add_experiment(CLI::App& command, std::string& name);
/// Its folder; without a name the only experiment of the current folder. Throws ConfigError saying what is there.
std::filesystem::path experiment_folder(const std::string& name);

/// Reads the arguments (without the program's name) and does what they say. `mpi`: this is rank 0 of several. Throws
/// Error.
ExitCode run_program(std::vector<std::string> arguments, const MpiRanks* mpi = nullptr);

}  // namespace stune::cli
