/// \file What an MPI run costs: trials that only take time, in process or as commands, through the whole loop.
///
///     mpirun -n 9 mpi_throughput [--trials 2000] [--ms 0] [--method sobol] [--command] [--problem hartmann6]
///
/// One line: what a trial is, who chooses, how long it takes, workers, trials, trials a second from the first start to
/// the last end, milliseconds of rank 0's processor time for each trial (of the loop, and of the thread that chooses),
/// how much of a core the loop took in percent, how much of the time workers were idle in percent, milliseconds from a
/// trial's end to the start of the next one on the same rank (median and 95 %), the regret. mpi_throughput.sh shows it
/// beside others.
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/children.hpp"
#include "client/session.hpp"
#include "problems.hpp"
#include "quantile.hpp"
#include "stune/mpi_runner.hpp"

namespace {

using namespace stune;

struct Options {
  int trials = 2000;
  double ms = 0;
  std::string method = "sobol";
  std::string problem = "hartmann6";
  int parallel = 0;
  bool command = false;
  bool ahead = true;
};

double seconds_of(const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); }

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(static_cast<__rusage_who>(who), &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void pass_time(double ms) {
  if (ms <= 0) return;
  const auto ns = static_cast<long>(ms * 1e6);
  const timespec pause{ns / 1'000'000'000, ns % 1'000'000'000};
  ::nanosleep(&pause, nullptr);
}

NewExperiment experiment(const Options& options, const benchmarks::Problem& tuned, int workers) {
  NewExperiment wanted;
  Definition& d = wanted.definition;
  d.name = "throughput";
  d.space = SearchSpace(tuned.parameters);
  d.optimization = parse_optimization("-loss", {});
  d.metrics = {{"loss", {}}};
  d.method = options.method;
  d.seed = 1;
  if (options.command) {
    const std::string pause = options.ms > 0 ? "sleep " + std::to_string(options.ms / 1000) + "; " : "";
    d.command.arguments = {"stune", "metric", "loss=1"};
    if (!pause.empty()) d.command.arguments = {"/bin/sh", "-c", pause + "exec stune metric loss=1"};
  }
  wanted.environment = current_environment();
  wanted.options.trials = options.trials;
  wanted.options.parallel = options.parallel > 0 ? options.parallel : 2 * workers;
  wanted.options.runner = "custom";
  return wanted;
}

using Span = std::pair<TimePoint, TimePoint>;

/// Milliseconds in which a rank had nothing to do, one for each pair of neighbouring trials.
std::vector<double> gaps(std::map<std::string, std::vector<Span>> by_rank) {
  std::vector<double> result;
  for (auto& [rank, spans] : by_rank) {
    std::ranges::sort(spans);
    for (std::size_t i = 1; i < spans.size(); ++i) {
      result.push_back(1e3 * Seconds(spans[i].first - spans[i - 1].second).count());
    }
  }
  return result;
}

void print(const Options& options, const Session& session, const benchmarks::Problem& tuned, int workers,
           double loop_cpu, double all_cpu) {
  TimePoint first = TimePoint::max();
  TimePoint last{};
  double worked = 0;
  double lowest = std::numeric_limits<double>::infinity();
  bool ranks_known = true;
  std::map<std::string, std::vector<Span>> by_rank;
  for (const Trial& trial : session.experiment().trials()) {
    if (trial.status != TrialStatus::completed) continue;
    const Attempt& attempt = trial.attempts.back();
    const Ending& ending = *attempt.ending;
    // Of what had ended before rank 0 wrote that it runs, the journal has no rank.
    const auto rank = attempt.metadata.find("rank");
    ranks_known = ranks_known && rank != attempt.metadata.end();
    if (ranks_known) by_rank[rank->second].emplace_back(*ending.started, *ending.ended);
    first = std::min(first, *ending.started);
    last = std::max(last, *ending.ended);
    worked += Seconds(*ending.ended - *ending.started).count();
    lowest = std::min(lowest, latest(trial, "loss")->mean);
  }
  const double wall = Seconds(last - first).count();
  const std::vector<double> idle = ranks_known ? gaps(std::move(by_rank)) : std::vector<double>{};
  const int completed = session.experiment().count(TrialStatus::completed);
  const std::string trial = options.ms > 0 ? std::to_string(static_cast<int>(options.ms)) + " ms" : "nothing";
  std::printf("%-24s %-8s %-8s %7d %7d %9.0f %10.3f %10.3f %7.2f %7.2f %7.2f %7.2f",
              options.command ? "stune, command" : "stune, function", options.method.c_str(), trial.c_str(), workers,
              completed, completed / wall, 1e3 * loop_cpu / completed, 1e3 * (all_cpu - loop_cpu) / completed,
              100 * loop_cpu / wall, 100 * (1 - worked / (wall * workers)), benchmarks::quantile(idle, 0.5),
              benchmarks::quantile(idle, 0.95));
  if (!options.command) std::printf(" %10.2g", lowest - tuned.optimum());
  std::printf("\n");
}

void run(const Options& options, MpiWorld& world) {
  const benchmarks::Problem& tuned = benchmarks::problem(options.problem);
  const auto folder = std::filesystem::temp_directory_path() / ("mpi_throughput." + std::to_string(::getpid()));
  {
    SessionParts parts;
    parts.runner = std::make_unique<MpiRunner>(world, MpiOptions{.short_trial = Seconds(options.ahead ? 1 : 0)});
    if (options.command) parts.node_program = STUNE_NODE_PROGRAM;
    Session session = Session::begin(folder, experiment(options, tuned, world.workers()), std::move(parts));
    Progress silent;
    const double loop_before = cpu_seconds(RUSAGE_THREAD);
    const double all_before = cpu_seconds(RUSAGE_SELF);
    session.run(silent);
    print(options, session, tuned, world.workers(), cpu_seconds(RUSAGE_THREAD) - loop_before,
          cpu_seconds(RUSAGE_SELF) - all_before);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) try {
  MpiWorld world(argc, argv);
  CLI::App app("What an MPI run costs");
  Options options;
  app.add_option("--trials", options.trials, "in all")->check(CLI::PositiveNumber);
  app.add_option("--ms", options.ms, "of a trial")->check(CLI::NonNegativeNumber);
  app.add_option("--method", options.method, "sobol, random or fast");
  app.add_option("--problem", options.problem, "name");
  app.add_option("--parallel", options.parallel, "trials at a time (default: two for each worker)");
  app.add_flag("!--one-by-one", options.ahead, "no trial is at hand while another one runs");
  app.add_flag("--command", options.command, "trials are commands, not calls");
  CLI11_PARSE(app, argc, argv);
  if (!world.is_worker()) {
    run(options, world);
    return 0;
  }
  if (options.command) return world.work();
  const benchmarks::Problem& tuned = benchmarks::problem(options.problem);
  return world.work([&](const Parameterization& parameters, MpiTrial&) -> MpiResults {
    pass_time(options.ms);
    return {{"loss", tuned.value(benchmarks::numbers(tuned, parameters))}};
  });
} catch (const std::exception& error) {
  std::fprintf(stderr, "mpi_throughput: %s\n", error.what());
  return 1;
}
