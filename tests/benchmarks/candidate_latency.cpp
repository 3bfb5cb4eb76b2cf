/// \file How long the next trial takes to be chosen, and what memory that needs, by dimension and number of outcomes.
/// One thread; CPU time, so that others on the machine do not count.
///
///     cmake --build build/default --target candidate_latency
///     build/default/tests/benchmarks/candidate_latency [CPU seconds per row = 120]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "ask_tell.hpp"
#include "cpu_time.hpp"
#include "problems.hpp"
#include "quantile.hpp"

namespace {

using namespace stune;
using namespace stune::benchmarks;

constexpr int chosen = 30;    // of the outcomes: the optimizer's own choice, so that it looks as in a real experiment
constexpr int measured = 20;  // proposals

struct Row {
  int dimension;
  int outcomes;
  int pending = 0;
  bool told = true;      ///< every proposal has a new outcome to learn from
  bool mixed = false;    ///< a third each of real, integer and categorical parameters
  bool whole = false;    ///< all are integers
  double noise = 0;      ///< standard deviation of an outcome
  double bar = 0;        ///< milliseconds wanted of the median; 0: none
  double megabytes = 0;  ///< wanted; 0: none
};

constexpr Row rows[] = {
    {6, 20},
    {.dimension = 6, .outcomes = 50, .bar = 6},
    {.dimension = 6, .outcomes = 100, .bar = 10},
    {.dimension = 6, .outcomes = 200, .bar = 25},
    {.dimension = 20, .outcomes = 200, .bar = 40},
    {.dimension = 12, .outcomes = 100, .mixed = true},
    {.dimension = 10, .outcomes = 500, .bar = 120},
    {.dimension = 10, .outcomes = 500, .noise = 30, .bar = 120},
    {.dimension = 3, .outcomes = 500, .whole = true, .bar = 120},
    {.dimension = 6, .outcomes = 500, .whole = true, .bar = 120},
    {.dimension = 10, .outcomes = 1000},
    {.dimension = 10, .outcomes = 1000, .told = false, .bar = 60},
    {.dimension = 20, .outcomes = 1000, .megabytes = 200},
    {.dimension = 10, .outcomes = 10'000, .bar = 150},
    {.dimension = 6, .outcomes = 500, .pending = 500, .bar = 10},
};

Problem space(const Row& row) {
  Problem problem;
  problem.name = "latency";
  const std::vector<Value> five{std::string("a"), std::string("b"), std::string("c"), std::string("d"),
                                std::string("e")};
  for (int i = 0; i < row.dimension; ++i) {
    const std::string name = std::string("x").append(std::to_string(i));
    const int kind = row.mixed ? i % 3 : row.whole ? 1 : 0;
    problem.parameters.push_back(kind == 0   ? range(name, -10, 10)
                                 : kind == 1 ? integer(name, -6, 6)
                                             : choice(name, five));
  }
  problem.value = levy;
  return problem;
}

std::vector<double> random_point(const Problem& problem, std::mt19937_64& generator) {
  std::vector<double> x;
  for (const Parameter& parameter : problem.parameters) {
    const double u = std::uniform_real_distribution<double>()(generator);
    x.push_back(parameter.kind == ParameterKind::real      ? parameter.lower + u * (parameter.upper - parameter.lower)
                : parameter.kind == ParameterKind::integer ? std::floor(13 * u) - 6
                                                           : std::floor(5 * u));
  }
  return x;
}

std::vector<double> milliseconds(const Row& row) {
  const Problem problem = space(row);
  AskTell optimizer(problem, {.parallel = row.pending + 1});
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  const auto outcome = [&](const std::vector<double>& x) { return problem.value(x) + row.noise * normal(generator); };
  const int attached = row.outcomes - std::min(chosen, row.outcomes / 2);
  for (int i = 0; i < attached; ++i) {
    const auto x = random_point(problem, generator);
    optimizer.attach(x, outcome(x));
  }
  std::vector<double> times;
  std::deque<int> pending;
  const auto tell_oldest = [&] {
    optimizer.tell(pending.front(), outcome(optimizer.point(pending.front())));
    pending.pop_front();
  };
  const int before = row.outcomes - attached + row.pending;
  for (int i = 0; i < before + measured; ++i) {
    const double begin = cpu_seconds();
    pending.push_back(optimizer.ask().value());
    if (i >= before) times.push_back(1e3 * (cpu_seconds() - begin));
    const bool tell = row.told || i < before;
    if (tell && pending.size() > static_cast<std::size_t>(row.pending)) tell_oldest();
  }
  return times;
}

/// In a process of its own, which can be given up and whose memory is its own.
void measure(const Row& row, rlim_t limit) {
  std::printf("%5d %8d %7d  %-22s ", row.dimension, row.outcomes, row.pending,
              row.mixed       ? "mixed"
              : row.whole     ? "integers"
              : row.noise > 0 ? "noise"
              : row.told      ? ""
                              : "without a new outcome");
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit seconds{limit, limit};
    ::setrlimit(RLIMIT_CPU, &seconds);
    const std::vector<double> times = milliseconds(row);
    std::printf("%9.2f %9.2f", quantile(times, 0.5), quantile(times, 0.95));
    if (row.bar > 0)
      std::printf("  <= %3.0f %-6s", row.bar, quantile(times, 0.5) <= row.bar ? "yes" : "NO");
    else
      std::printf("%14s", "");
    std::fflush(stdout);
    std::_Exit(0);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status)) std::printf("gave up after %.0f s", static_cast<double>(usage.ru_utime.tv_sec));
  std::printf("  %5.0f MB", static_cast<double>(usage.ru_maxrss) / 1024);
  if (row.megabytes > 0) std::printf("  <= %.0f", row.megabytes);
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const auto limit = static_cast<rlim_t>(argc > 1 ? std::atoi(argv[1]) : 120);
  std::printf("%5s %8s %7s  %-22s %9s %9s  %-13s  %s\n", "d", "outcomes", "pending", "", "p50 ms", "p95 ms",
              "wanted of p50", "peak memory");
  for (const Row& row : rows) measure(row, limit);
}
