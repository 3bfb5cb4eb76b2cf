#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/describe.hpp"
#include "cli/plan.hpp"
#include "cli/quantities.hpp"
#include "cli/subcommands.hpp"
#include "cli/table.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct AskArguments {
  std::string experiment;
  std::string count = "1";
  bool json = false;
  GivenOptions given;
};

int count_of(const std::string& text) {
  try {
    return static_cast<int>(parse_whole(text, 1, 10000));
  } catch (const ConfigError& error) {
    throw UsageError(std::string("-n: ") + error.what());
  }
}

/// Opens the experiment, or begins it where parameters are given and nothing is there.
Session session_for(const AskArguments& arguments) {
  if (!arguments.given.has("param")) {
    if (!arguments.given.values.empty()) {
      throw UsageError("options such as --" + arguments.given.values.begin()->first +
                       " begin an experiment, together with --param");
    }
    return Session::open(find_experiment(arguments.experiment));
  }
  Surroundings surroundings;
  surroundings.current = std::filesystem::current_path();
  std::string name = arguments.experiment;
  while (name.ends_with('/')) name.pop_back();
  if (name.ends_with(".stune")) name.resize(name.size() - 6);
  GivenOptions given = merged({}, arguments.given);
  if (name.find('/') != std::string::npos) given.values["folder"] = {{arguments.experiment, ""}};
  given.values["name"] = {{std::filesystem::path(name).filename().string(), ""}};
  const auto folder = folder_of(given, surroundings);
  NewExperiment wanted;
  if (const auto there = view_if_begun(folder)) {
    const Experiment& recorded = there->experiment;
    given.values.erase("name");  // it is the folder that was named
    wanted.definition = redefine(recorded.definition(), given, surroundings);
    wanted.options = recorded.options();
  } else {
    wanted.definition = define(given, surroundings);
    wanted.definition.working_directory.clear();
    wanted.options.trials = no_end;
  }
  wanted.options.runner = "custom";  // a person runs the trials
  return Session::begin(folder, std::move(wanted));
}

std::string asked_table(const Experiment& experiment, const std::vector<int>& trials) {
  std::vector<Table::Column> columns{{"trial"}};
  for (const Parameter& parameter : experiment.definition().space.parameters()) columns.push_back({parameter.name});
  Table table(columns);
  for (const int index : trials) {
    std::vector<std::string> row{std::to_string(index)};
    for (const Value& value : experiment.trial(index).parameters.values()) row.push_back(printable(to_string(value)));
    table.add(std::move(row));
  }
  return table.text();
}

ExitCode ask(const AskArguments& arguments) {
  const int count = count_of(arguments.count);
  Session session = session_for(arguments);
  const std::vector<int> trials = session.ask(count);
  const Experiment& experiment = session.experiment();
  if (arguments.json) {
    nlohmann::json document{{"name", experiment.definition().name}, {"trials", nlohmann::json::array()}};
    for (const int index : trials) {
      document["trials"].push_back({{"trial", index}, {"parameters", to_json(experiment.trial(index).parameters)}});
    }
    std::cout << dump(document);
  } else if (!trials.empty()) {
    std::cout << asked_table(experiment, trials);
  }
  if (static_cast<int>(trials.size()) < count) {
    std::cerr << "stune: the search space has no further point: "
              << counted(static_cast<int>(trials.size()), "new trial") << "\n";
  }
  return trials.empty() ? ExitCode::failure : ExitCode::success;
}

}  // namespace

void add_ask(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<AskArguments>();
  CLI::App* command = app.add_subcommand(
      "ask", "Ask for new trials, to run them yourself (see tell); the first time with --param and an objective");
  command->add_option("EXPERIMENT", arguments->experiment, "folder or name of the experiment")
      ->type_name("")
      ->required();
  command->add_option("-n,--count", arguments->count, "how many (default: 1)")->type_name("N");
  command->add_flag("--json", arguments->json, "one JSON object, for programs");
  add_options(*command, {Subject::definition, Subject::planned}, arguments->given);
  command->footer(
      "Example:\n"
      "  stune ask lab --param \"temperature = float(20, 90)\" --param \"acid = choice(a, b)\" --maximize yield\n"
      "  stune tell lab 0 yield=0.71+-0.02\n"
      "  stune ask lab -n 4");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return ask(*arguments); }; });
}

}  // namespace stune::cli
