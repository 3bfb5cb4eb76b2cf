#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/log.hpp"
#include "cli/coordinator.hpp"
#include "cli/describe.hpp"
#include "cli/dry_run.hpp"
#include "cli/interrupt.hpp"
#include "cli/manners.hpp"
#include "cli/mpi_start.hpp"
#include "cli/plan.hpp"
#include "cli/preflight.hpp"
#include "cli/reported_run.hpp"
#include "cli/subcommands.hpp"
#include "cli/terminal.hpp"
#include "client/founding.hpp"
#include "client/make_runner.hpp"

namespace stune::cli {
namespace {

struct RunArguments {
  std::string script;
  GivenOptions given;
  std::vector<std::string> command;
  const MpiRanks* mpi = nullptr;
};

/// What the command line and the script ask for, checked as far as that is possible without doing anything.
struct Request {
  std::filesystem::path folder;
  NewExperiment wanted;
  std::optional<View> begun;  ///< what is there already
  std::vector<std::string> notices;
};

Surroundings surroundings_of(const RunArguments& arguments) {
  Surroundings surroundings;
  surroundings.current = std::filesystem::current_path();
  if (!arguments.script.empty()) surroundings.script = (surroundings.current / arguments.script).lexically_normal();
  surroundings.arguments = arguments.command;
  return surroundings;
}

void refuse_unclear_command(const RunArguments& arguments) {
  if (!arguments.script.empty() && !arguments.command.empty()) {
    throw UsageError("both a script (" + arguments.script + ") and a command after -- are given; valid is one of them");
  }
  if (arguments.script.empty() && arguments.command.empty()) {
    throw UsageError("nothing to run; give an experiment script, as in stune run train.sh, or a command after --");
  }
}

/// A misspelt program would fail trial after trial.
void check_program(const std::vector<std::string>& command) {
  if (command.empty()) return;
  const std::string& program = command[0];
  if (program.find_first_of("/{") != std::string::npos) return;
  const char* path = getenv("PATH");
  std::string rest = path ? path : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (access((rest.substr(0, end) + "/" + program).c_str(), X_OK) == 0) return;
    rest.erase(0, end + 1);
  }
  throw ConfigError("there is no program " + program + " in PATH");
}

/// Names that the script's parameters had when the experiment began and that nobody mentions any more.
std::vector<std::string> removed_parameters(const GivenOptions& recorded, const GivenOptions& now) {
  std::vector<std::string> removed;
  for (const Given& before : recorded.all("param")) {
    const auto& all = now.all("param");
    const std::string name = leading_name(before.text);
    const bool there =
        std::any_of(all.begin(), all.end(), [&](const Given& one) { return leading_name(one.text) == name; });
    if (!there) removed.push_back(name);
  }
  return removed;
}

/// Edited since, it is the same script; of another name, and with other content, it is another one. Its trials would be
/// those of the first.
void refuse_other_script(const Experiment& experiment, const std::filesystem::path& folder, const GivenOptions& changes,
                         const Surroundings& surroundings) {
  const auto& script = surroundings.script;
  if (script.empty() || changes.has("name") || script.stem() == experiment.definition().name) return;
  const auto copy = read_file(folder / "script.sh");
  if (!copy || *copy == read_script(script)) return;
  throw ConfigError(folder.filename().string() + " (" + experiment.definition().name +
                    ") was begun with another script than " + script.filename().string() +
                    "; go on with it as it is (stune resume " + folder.filename().string() +
                    "), or begin another experiment with --name or --folder");
}

/// The experiment is there already: what is recorded holds, unless the command line says otherwise or the script has
/// been edited since.
NewExperiment continued(const Experiment& experiment, const std::filesystem::path& folder, const GivenOptions& script,
                        const RunArguments& arguments, const Surroundings& surroundings) {
  GivenOptions recorded;
  if (const auto copy = read_file(folder / "script.sh"); copy && !surroundings.script.empty()) {
    recorded = options_of(parse_script(*copy, "script.sh"), "script.sh");
  }
  const GivenOptions all = merged(script, arguments.given);
  for (const std::string& name : removed_parameters(recorded, all)) {
    throw ConfigError(folder.filename().string() + " was begun with a parameter " + name +
                      ", which is no longer there; a search space cannot be changed: put it back, or begin another "
                      "experiment with --name");
  }
  const GivenOptions changes = merged(without(script, recorded), arguments.given);
  refuse_other_script(experiment, folder, changes, surroundings);
  NewExperiment wanted;
  wanted.definition = redefine(experiment.definition(), changes, surroundings);
  wanted.options = apply_options(experiment.options(), changes);
  return wanted;
}

/// --coordinator and --coordinator-sbatch.
struct CoordinatorOptions {
  std::string where = "here";
  std::vector<std::string> sbatch;
};

CoordinatorOptions coordinator_of(const GivenOptions& given) {
  CoordinatorOptions options;
  if (const Given* where = given.last("coordinator")) options.where = where->text;
  for (const Given& one : given.all("coordinator-sbatch")) options.sbatch.push_back(one.text);
  return options;
}

Request understand(const RunArguments& arguments) {
  refuse_unclear_command(arguments);
  const Surroundings surroundings = surroundings_of(arguments);
  Request request;
  GivenOptions script;
  if (!arguments.script.empty()) {
    ScriptLines lines = parse_script(read_script(arguments.script), arguments.script);
    script = options_of(lines, arguments.script);
    request.notices = std::move(lines.notices);
  }
  check_program(arguments.command);
  const GivenOptions all = merged(script, arguments.given);
  request.folder = folder_of(all, surroundings);
  request.begun = view_if_begun(request.folder);
  const auto& there = request.begun;
  if (there) {
    request.wanted = continued(there->experiment, request.folder, script, arguments, surroundings);
  } else {
    request.wanted.definition = define(all, surroundings);
    request.wanted.options = apply_options({.automatic_parallel = true}, all);
  }
  RunOptions& options = request.wanted.options;
  if (arguments.mpi && !all.has("runner")) options.runner = "auto";
  options = with_mpi(std::move(options), arguments.mpi, "run " + (arguments.script.empty() ? "..." : arguments.script));
  request.wanted.environment = current_environment();
  options.runner = resolve_runner(options.runner, request.wanted.environment);
  check_complete(options);
  check_placeable(there ? begun_with(request.folder, there->experiment, options) : request.wanted);
  if (there) check_same(request.folder, there->experiment.definition(), request.wanted.definition);
  const CoordinatorOptions coordinator = coordinator_of(arguments.given);
  check_coordinator(coordinator.where, options.runner, coordinator.sbatch);
  return request;
}

ExitCode run(const RunArguments& arguments) {
  Request request = understand(arguments);
  if (arguments.given.has("dry-run")) {
    for (const std::string& notice : request.notices) log::warn(notice);
    std::cout << dry_run(request.folder, request.wanted, request.begun ? &request.begun->experiment : nullptr);
    return ExitCode::success;
  }
  const bool quiet = arguments.given.has("quiet");
  log::set_quiet(quiet);
  const Interrupt interrupt;
  const auto progress = make_progress(quiet);
  for (const std::string& notice : request.notices) log::warn(notice);
  SessionParts parts;
  parts.take_over = arguments.given.has("take-over");
  if (arguments.mpi) parts.make_runner = arguments.mpi->make_runner;
  Session session = Session::begin(request.folder, std::move(request.wanted), std::move(parts));
  for (const std::string& notice : session.notices()) progress->notice(notice);
  if (const CoordinatorOptions coordinator = coordinator_of(arguments.given); coordinator.where == "job") {
    std::cout << begin_chain(std::move(session), coordinator.sbatch);
    return ExitCode::success;
  }
  be_modest(session);
  return conclude(session, run_reporting(session, *progress, interrupt.wakeup()));
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command =
      app.add_subcommand("run", "Tune a script, or a command after --; continues what is there already");
  command
      ->add_option("SCRIPT", arguments->script,
                   "experiment script: #SBATCH lines for Slurm, #STUNE lines with the options below")
      ->type_name("");
  add_options(*command, {Subject::definition, Subject::running, Subject::session, Subject::planned}, arguments->given);
  command->footer(
      "Examples:\n"
      "  stune run train.sh --runner local --parallel 3\n"
      "  stune run --param \"x = float(0, 1)\" --minimize loss --trials 20 -- python train.py --x {x}\n\n"
      "In a command, {x} stands for the value of parameter x; nothing passes through a shell.\n"
      "In a script, the value is in the variable STUNE_x. Results go to the HDF5 file $STUNE_METRICS,\n"
      "or are told with: stune metric loss=0.25");
  command->callback([&invocation, arguments] {
    invocation.takes_command = true;
    invocation.action = [&invocation, arguments] {
      arguments->command = invocation.command;
      arguments->mpi = invocation.mpi;
      return run(*arguments);
    };
  });
}

}  // namespace stune::cli
