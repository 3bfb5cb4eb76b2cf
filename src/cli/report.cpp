#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "analysis/analyses.hpp"
#include "analysis/report.hpp"
#include "base/clock.hpp"
#include "base/processors.hpp"
#include "cli/background_report.hpp"
#include "cli/card_files.hpp"
#include "cli/sparkline.hpp"
#include "cli/subcommands.hpp"
#include "client/report_file.hpp"
#include "client/session.hpp"

namespace stune::cli {

namespace {

struct ReportArguments {
  std::string experiment;
  std::string file;
  std::string tables;  ///< a folder
  bool json = false;
  std::vector<int> background;  ///< niceness and seconds of processor time: for a run, which wants to know what it took
};

constexpr std::size_t rows_in_terminal = 12;
constexpr std::size_t width_elsewhere = 120;  ///< where output goes to a file or a pager

std::size_t output_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : width_elsewhere;
}

/// The table of a card, or its beginning.
std::string brief(Card card, std::size_t width) {
  if (card.rows.empty()) card.columns.clear();
  const std::size_t all = card.rows.size();
  if (all > rows_in_terminal) card.rows.resize(rows_in_terminal - 2);
  std::string text = to_text(card, width);
  if (card.rows.size() < all) text += "... and " + std::to_string(all - card.rows.size()) + " more\n";
  return text;
}

void print(const Experiment& experiment, const std::vector<Card>& cards) {
  const std::size_t width = output_width();
  for (const Card& card : cards) {
    std::cout << brief(card, width);
    const std::string trace = card.name == "Optimization trace" ? trace_picture(experiment) : std::string();
    std::cout << trace << (trace.empty() ? "\n" : "\n\n");
  }
}

/// For what started us: it cannot tell our processor time from that of its other children.
std::string cost_text() { return std::to_string(cpu_seconds()) + "\n"; }

/// For what nobody waits for: gives way to others, and ends when it takes too long.
void restrain(int niceness, int seconds) {
  if (niceness > 0 && nice(niceness) == -1) std::cerr << "stune: cannot give way to others\n";
  const auto most = static_cast<rlim_t>(seconds);
  const rlimit limit{most, most};
  setrlimit(RLIMIT_CPU, &limit);
}

ExitCode save_tables(const std::vector<Card>& cards, const std::filesystem::path& folder) {
  for (const std::string& name : write_card_tables(cards, folder)) std::cout << (folder / name).string() << "\n";
  return ExitCode::success;
}

/// The tables are there for whoever cannot write here, too.
ExitCode print_and_write(const View& found, const std::vector<Card>& cards, const std::filesystem::path& file) {
  print(found.experiment, cards);
  std::cout.flush();
  try {
    write_report(found.experiment, cards, SystemClock().now(), file);
  } catch (const StorageError& error) {
    throw StorageError(std::string(error.what()) + "; the page can go elsewhere: --open-later FILE");
  }
  std::cout << "With figures, for a browser: " << file.string() << "\n";
  if (!analysis::draws_figures()) {
    std::cout
        << "... or would be: this stune was built where there was no Plotly.js (Debian: python3-plotly; elsewhere: "
           "-DSTUNE_PLOTLY_JS=FILE)\n";
  }
  return ExitCode::success;
}

ExitCode report(const ReportArguments& arguments) {
  const bool in_background = !arguments.background.empty();
  if (in_background) restrain(arguments.background[0], arguments.background[1]);
  const auto folder = std::filesystem::absolute(experiment_folder(arguments.experiment)).lexically_normal();
  const View found = view(folder);
  const std::vector<Card> cards = analysis::compute_all(found.experiment, found.telemetry);
  if (!arguments.tables.empty()) return save_tables(cards, arguments.tables);
  if (arguments.json) {
    std::cout << analysis::cards_json(found.experiment, cards, SystemClock().now());
    return ExitCode::success;
  }
  const auto file = arguments.file.empty() ? folder / report_name : std::filesystem::path(arguments.file);
  if (!in_background) return print_and_write(found, cards, file);
  write_report(found.experiment, cards, SystemClock().now(), file);
  std::cout << cost_text();
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
  CLI::Option* csv = command->add_option("--csv", arguments->tables, "all tables as CSV files in this folder; no page")
                         ->type_name("FOLDER")
                         ->excludes(file);
  command->add_flag("--json", arguments->json, "all tables and figures as one JSON object, for programs; no page")
      ->excludes(file)
      ->excludes(csv);
  command->add_option(background_option, arguments->background)->expected(2)->group("");  // not for people
  command->footer("Example:\n  stune report train.stune --open-later ~/train.html");
  command->callback([&invocation, arguments] { invocation.action = [arguments] { return report(*arguments); }; });
}

}  // namespace stune::cli
