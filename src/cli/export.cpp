#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/export_files.hpp"
#include "cli/export_tables.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

constexpr const char* schema =
    "Tables:\n"
    "  experiment    name objective minimize created last_change schema\n"
    "  trials        trial status generator by_hand reason objective sem created ended, then param_<name> for each "
    "parameter\n"
    "  observations  trial metric step mean sem; a final value has no step\n"
    "  attempts      trial attempt state submitted started ended cause exit_code signal host detail cpu_seconds\n"
    "                peak_memory metadata\n"
    "Times are UTC as in 2026-11-23T18:38:53Z, peak_memory is in bytes, metadata a JSON object. An old file is "
    "replaced\n"
    "when the new one is complete.\n"
    "  out.sqlite    a table each\n"
    "  out.h5        a group each, with a dataset for each column; what is not known is NaN, or an empty text\n"
    "  out.csv       the trials; the others beside it, in out-observations.csv and so on\n\n"
    "Examples:\n"
    "  stune export train.stune train.sqlite && sqlite3 train.sqlite 'SELECT trial, objective, param_lr FROM trials'\n"
    "  stune export train.stune train.h5     # then h5py.File('train.h5')['trials/objective'][:]";

struct ExportArguments {
  std::vector<std::string> words;
};

ExitCode export_experiment(const ExportArguments& arguments) {
  if (arguments.words.empty() || arguments.words.size() > 2) {
    throw UsageError("valid is stune export EXPERIMENT FILE, as in stune export train.stune train.sqlite");
  }
  const std::filesystem::path file = arguments.words.back();
  check_export_name(file);
  const View found = view(experiment_folder(arguments.words.size() == 2 ? arguments.words.front() : ""));
  for (const auto& written : write_tables(file, export_tables(found.experiment))) std::cout << written.string() << "\n";
  return ExitCode::success;
}

}  // namespace

void add_export(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command =
      app.add_subcommand("export", "Write trials, observations and attempts to an HDF5, CSV or SQLite file");
  command
      ->add_option("EXPERIMENT FILE", arguments->words,
                   "the experiment (default: the only one here), and the file: out.h5, out.csv or out.sqlite")
      ->type_name("");
  command->allow_extras();
  command->footer(schema);
  command->callback(
      [&invocation, arguments] { invocation.action = [arguments] { return export_experiment(*arguments); }; });
}

}  // namespace stune::cli
