/// \file How close to the minimum the optimizer comes, on all problems, over many seeds.
///
///     cmake --build build/default --target regret_suite
///     build/default/tests/benchmarks/regret_suite --seeds 20 --csv regret.csv [--gates]
///     build/default/tests/benchmarks/regret_suite --seeds 20 --csv regret.csv --workers 8    # as compared with one
///
/// A run whose line is in the CSV file is not made again: an interrupted suite goes on, and only prints when all is
/// there.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "problems.hpp"
#include "quantile.hpp"
#include "regret.hpp"
#include "result_table.hpp"

namespace {

using namespace stune::benchmarks;

constexpr double no_difference = 1e-6;  // smaller regrets are all the same

struct Options {
  std::vector<std::string> problems;
  int seeds = 20;
  int budget = 0;
  int workers = 1;
  std::string method = "fast";
  std::string csv;
  bool held_out = false;
  bool gates = false;
};

struct Summary {
  std::vector<double> regrets;
  std::vector<double> seconds;
  int budget = 0;

  double at(double q) const { return quantile(regrets, q); }
  double log10_median() const { return std::log10(std::max(at(0.5), no_difference)); }
};

double mean(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

Summary run_all(const Problem& problem, const Options& options, int workers, ResultTable& table) {
  Summary summary;
  summary.budget = options.budget > 0 ? options.budget : problem.budget;
  const std::string name = options.method == "fast" ? "stune" : "stune-" + options.method;
  for (int seed = 1; seed <= options.seeds; ++seed) {
    const RunSetup run{static_cast<std::uint64_t>(seed), workers, summary.budget, options.method};
    const RunKey key{name, problem.name, run.seed, workers, summary.budget};
    if (table.find(key) == nullptr) table.add(key, optimize(problem, run));
    const Regret& regret = *table.find(key);
    summary.regrets.push_back(regret.recommended);
    summary.seconds.push_back(regret.candidate_seconds);
  }
  return summary;
}

bool is_wanted(const Problem& problem, const Options& options) {
  if (options.problems.empty()) return options.held_out || !problem.held_out;
  return std::ranges::find(options.problems, problem.name) != options.problems.end();
}

/// True: the gate holds.
bool print_row(const Problem& problem, const Summary& summary, bool gated) {
  std::printf("%-19s %5d %10.3g %10.3g %10.3g ", problem.name.c_str(), summary.budget, summary.at(0.5),
              summary.at(0.25), summary.at(0.75));
  const bool holds = !gated || summary.at(0.5) <= problem.gate;
  if (gated)
    std::printf("%7.3g %c", problem.gate, holds ? ' ' : '!');
  else
    std::printf("%9s", "");
  std::printf(" %9.2f", 1e3 * quantile(summary.seconds, 0.5));
  return holds;
}

/// True: all gates hold.
bool run_suite(const Options& options) {
  ResultTable table(options.csv);
  const bool parallel = options.workers > 1;
  std::printf("%-19s %5s %10s %10s %10s %9s %9s %s\n", "problem", "evals", "median", "quartile 1", "quartile 3", "gate",
              "ms/trial", parallel ? "  decades lost" : "");
  std::vector<double> log10_medians;
  std::vector<double> lost;
  bool hold = true;
  for (const Problem& problem : problems()) {
    if (!is_wanted(problem, options)) continue;
    const Summary summary = run_all(problem, options, options.workers, table);
    const bool gated = std::isfinite(problem.gate) && summary.budget == problem.budget && !parallel;
    hold = print_row(problem, summary, gated) && hold;
    log10_medians.push_back(summary.log10_median());
    if (parallel) {
      lost.push_back(log10_medians.back() - run_all(problem, options, 1, table).log10_median());
      std::printf(" %15.2f", lost.back());
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  std::printf("mean log10 of medians: %.3f", mean(log10_medians));
  if (parallel) std::printf("; %d workers lose %.2f decades to one", options.workers, mean(lost));
  std::printf("\n");
  return hold;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("How close to the minimum the optimizer comes");
  Options options;
  app.add_option("--csv", options.csv, "the file that holds all runs")->required();
  app.add_option("--problems", options.problems, "names (default: all that are not held out)");
  app.add_option("--seeds", options.seeds, "runs of each problem")->check(CLI::PositiveNumber);
  app.add_option("--budget", options.budget, "evaluations of each run (default: the problem's)");
  app.add_option("--workers", options.workers, "trials at a time")->check(CLI::PositiveNumber);
  app.add_option("--method", options.method, "fast, random or sobol");
  app.add_flag("--held-out", options.held_out, "also problems that the optimizer was not designed with");
  app.add_flag("--gates", options.gates, "exit code 1 where a median is above its gate");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& name : options.problems) problem(name);
  return run_suite(options) || !options.gates ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "regret_suite: %s\n", error.what());
  return 1;
}
