#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "analysis/analyses.hpp"
#include "analysis/report.hpp"
#include "base/clock.hpp"
#include "cli/background_report.hpp"
#include "cli/subcommands.hpp"
#include "client/report_file.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct ReportArguments {
  std::string experiment;
  std::string file;
  bool json = false;
  int niceness = -1;  ///< at least 0: for a run, which wants to know what it has cost
};

constexpr std::size_t rows_in_terminal = 12;

/// The table of a card, or its beginning.
std::string brief(Card card) {
  if (card.rows.empty()) return card.title + "\n" + card.text + "\n\n";
  const std::size_t all = card.rows.size();
  if (all > rows_in_terminal) card.rows.resize(rows_in_terminal - 2);
  std::string text = to_text(card);
  if (card.rows.size() < all) text += "... and " + std::to_string(all - card.rows.size()) + " more\n";
  return text + "\n";
}

/// For what started us: it cannot tell our processor time from that of its other children.
std::string cost_text() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return std::to_string(seconds(usage.ru_utime) + seconds(usage.ru_stime)) + "\n";
}

ExitCode report(const ReportArguments& arguments) {
  if (arguments.niceness > 0 && nice(arguments.niceness) == -1) std::cerr << "stune: cannot give way to others\n";
  const auto folder = std::filesystem::absolute(experiment_folder(arguments.experiment)).lexically_normal();
  const View found = view(folder);
  const TimePoint now = SystemClock().now();
  const std::vector<Card> cards = analysis::compute_all(found.experiment, found.telemetry);
  if (arguments.json) {
    std::cout << analysis::cards_json(found.experiment, cards, now);
    return ExitCode::success;
  }
  const auto file = arguments.file.empty() ? folder / report_name : std::filesystem::path(arguments.file);
  write_report(found.experiment, cards, now, file);
  if (arguments.niceness >= 0) {
    std::cout << cost_text();
    return ExitCode::success;
  }
  for (const Card& card : cards) std::cout << brief(card);
  std::cout << "With figures, for a browser: " << file.string() << "\n";
  if (!analysis::draws_figures()) {
    std::cout
        << "... or would be: this stune was built where there was no Plotly.js (Debian: python3-plotly; elsewhere: "
           "-DSTUNE_PLOTLY_JS=FILE)\n";
  }
  return ExitCode::success;
}

}  // namespace

void add_report(CLI::App& app, Invocation& invocation) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App* command =
      app.add_subcommand("report", "Write all results as a page for a browser, and show them; also while it runs");
  add_experiment(*command, arguments->experiment);
  CLI::Option* file = command
                          ->add_option("--open-later", arguments->file,
                                       "where the page goes (default: report.html in the experiment's folder)")
                          ->type_name("FILE");
  command->add_flag("--json", arguments->json, "all tables and figures as one JSON object, for programs; no page")
      ->excludes(file);
  command->add_option(background_option, arguments->niceness)->group("");  // not for people
  command->footer("Example:\n  stune report train.stune --open-later ~/train.html");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return report(*arguments); }; });
}

}  // namespace stune::cli
