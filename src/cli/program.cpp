#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "cli/options.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

constexpr const char* examples =
    "Examples:\n"
    "  stune run train.sh                          tune what the #STUNE lines of train.sh say\n"
    "  stune run --param \"lr = log(1e-5, 1e-1)\" --minimize loss --trials 50 -- python train.py --lr {lr}\n"
    "  stune status                                how far it is\n"
    "  stune best --args                           the command line of the best trial\n\n"
    "EXPERIMENT is a folder such as train.stune, or its name, train.\n\n"
    "Exit codes: 0 done, 1 ended without a result, 2 wrong command line, 3 wrong script or option value,\n"
    "4 the batch system refuses, 5 storage (journal, disk, another stune owns the folder), 130 interrupted.";

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

void refuse_unknown_command(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::string list = "; stune --help shows what is valid";
  if (arguments.empty()) throw UsageError("no command is given" + list);
  const auto names = names_of(app);
  const std::string& word = arguments[0];
  if (word[0] == '-' || std::find(names.begin(), names.end(), word) != names.end()) return;
  const std::string guess = did_you_mean(word, names);
  throw UsageError("unknown command \"" + word + "\"" + (guess.empty() ? list : guess));
}

ExitCode parse(CLI::App& app, const std::vector<std::string>& arguments) {
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto named = app.get_subcommands();
    std::cout << (named.empty() ? app.help() : named[0]->help("stune"));
    return ExitCode::success;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << "\n";
    return ExitCode::success;
  } catch (const CLI::ParseError& error) {
    const auto named = app.get_subcommands();
    throw UsageError(std::string(error.what()) + "; stune " + (named.empty() ? "" : named[0]->get_name() + " ") +
                     "--help shows what is valid");
  }
  return ExitCode::failure;
}

}  // namespace

void add_experiment(CLI::App& command, std::string& name) {
  command.add_option("EXPERIMENT", name, "folder or name of the experiment (default: the only one here)")
      ->type_name("");
  command.allow_extras();
}

std::filesystem::path experiment_folder(const std::string& name) {
  if (!name.empty()) return find_experiment(name);
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::current_path())) {
    if (entry.path().extension() == ".stune" && std::filesystem::exists(entry.path() / "journal.jsonl")) {
      found.push_back(entry.path().filename().string());
    }
  }
  if (found.size() == 1) return find_experiment(found[0]);
  if (found.empty())
    throw ConfigError("there is no experiment in this folder; name one, as in stune status ../train.stune");
  std::sort(found.begin(), found.end());
  std::string list;
  for (const std::string& one : found) list += (list.empty() ? "" : ", ") + one;
  throw ConfigError("there are several experiments in this folder; name one of " + list);
}

ExitCode run_program(std::vector<std::string> arguments, const MpiRanks* mpi) {
  Invocation invocation;
  invocation.mpi = mpi;
  const auto separator = std::find(arguments.begin(), arguments.end(), "--");
  const bool has_command = separator != arguments.end();
  if (has_command) invocation.command.assign(separator + 1, arguments.end());
  arguments.erase(separator, arguments.end());

  CLI::App app("Tunes what a batch script computes, on this machine or on a Slurm cluster.", "stune");
  app.footer(examples);
  app.set_version_flag("--version", "stune " STUNE_VERSION);
  app.require_subcommand(1);
  for (const auto add :
       {add_run, add_resume, add_step, add_status, add_trials, add_best, add_report, add_predict, add_export,
        add_explain, add_doctor, add_stop, add_set, add_ask, add_tell, add_attach, add_metric}) {
    add(app, invocation);
  }
  refuse_unknown_command(app, arguments);
  if (parse(app, arguments) == ExitCode::success) return ExitCode::success;
  if (!invocation.takes_any_words) refuse_unknown(*app.get_subcommands()[0]);
  if (has_command && !invocation.takes_command) throw UsageError("this command takes nothing after --");
  return invocation.action();
}

}  // namespace stune::cli
