#include <CLI/CLI.hpp>
#include <iostream>

#include "base/text.hpp"
#include "cli/story.hpp"
#include "cli/subcommands.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct ExplainArguments {
  std::vector<std::string> words;  ///< [EXPERIMENT] TRIAL
};

ExitCode explain(const ExplainArguments& arguments) {
  if (arguments.words.empty() || arguments.words.size() > 2) {
    throw UsageError("explain wants a trial, as in: stune explain train.stune 7");
  }
  const auto folder =
      std::filesystem::absolute(experiment_folder(arguments.words.size() == 2 ? arguments.words[0] : std::string()))
          .lexically_normal();
  const auto trial = parse_integer(arguments.words.back());
  if (!trial) throw UsageError("found \"" + arguments.words.back() + "\"; valid is the number of a trial");
  const Experiment experiment = view(folder).experiment;
  const auto count = static_cast<std::int64_t>(experiment.trials().size());
  if (*trial < 0 || *trial >= count) {
    throw ConfigError("there is no trial " + std::to_string(*trial) + "; there are " + std::to_string(count) +
                      ", counted from 0");
  }
  std::cout << tell(folder, experiment, static_cast<int>(*trial));
  return ExitCode::success;
}

}  // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand("explain", "Tell all that is known of one trial, in order; changes nothing");
  command->add_option("WORDS", arguments->words, "the experiment (default: the only one here) and the trial's number")
      ->type_name("")
      ->expected(0, 2);
  command->footer("Example:\n  stune explain train.stune 7");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return explain(*arguments); }; });
}

}  // namespace stune::cli
