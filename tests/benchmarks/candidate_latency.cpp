/// \file How long one proposal takes, by dimension and number of outcomes: fit with a warm start, then the search for
/// the point. One thread. `cmake --build build/default --target candidate_latency &&
/// build/default/tests/benchmarks/candidate_latency`

#include <benchmark/benchmark.h>

#include <cmath>
#include <optional>
#include <vector>

#include "generation/propose.hpp"
#include "generation/raw_points.hpp"

namespace {

using namespace stune;

// A valley with a few bumps; what its outcomes are matters little for the time.
double outcome(const Eigen::VectorXd& x) {
  const Eigen::ArrayXd t = x.array() - 0.37;
  return -(t.square() * Eigen::ArrayXd::LinSpaced(x.size(), 5.0, 0.5)).sum() + 0.1 * (9.0 * t).cos().mean();
}

generation::Knowledge knowledge(const generation::Domain& domain, Eigen::Index n) {
  generation::Knowledge known{{generation::spread_points(domain, n, 1), Eigen::VectorXd(n), {}}, {}};
  for (Eigen::Index i = 0; i < n; ++i) known.measured.y(i) = outcome(known.measured.X.row(i).transpose());
  known.pending.resize(0, domain.size());
  return known;
}

void propose_repeatedly(benchmark::State& state, const generation::Domain& domain, bool refit) {
  generation::Knowledge known = knowledge(domain, state.range(1));
  std::optional<model::Hyperparameters> warm[2];  // the last fit with each outcome transform
  generation::ProposalOptions options;
  for (options.trial = 1; options.trial < 3; ++options.trial) {
    warm[options.trial % 2] = generation::propose(domain, known, options).fitted;
  }
  options.refit = refit;
  for (auto _ : state) {
    ++options.trial;
    ++options.stream;
    known.warm_start = warm[options.trial % 2];
    const generation::Proposal proposal = generation::propose(domain, known, options);
    benchmark::DoNotOptimize(proposal.point.data());
  }
}

generation::Domain cube(std::int64_t d) { return {std::vector<generation::Dimension>(static_cast<std::size_t>(d))}; }

void Candidate(benchmark::State& state) { propose_repeatedly(state, cube(state.range(0)), true); }
void CandidateWithoutRefit(benchmark::State& state) { propose_repeatedly(state, cube(state.range(0)), false); }

// A third each of continuous, integer and categorical dimensions.
void MixedCandidate(benchmark::State& state) {
  generation::Domain domain = cube(state.range(0));
  for (std::size_t j = 0; j < domain.dimensions.size(); ++j) {
    if (j % 3 == 1) domain.dimensions[j] = generation::Dimension::grid(12);
    if (j % 3 == 2) domain.dimensions[j] = generation::Dimension::categorical(5);
  }
  propose_repeatedly(state, domain, true);
}

void InitialPoint(benchmark::State& state) {
  const generation::Domain domain = cube(state.range(0));
  std::int64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(generation::initial_point(domain, 1, ++index).data());
}

}  // namespace

BENCHMARK(Candidate)
    ->ArgNames({"d", "n"})
    ->Unit(benchmark::kMillisecond)
    ->Args({6, 20})
    ->Args({6, 50})
    ->Args({6, 100})
    ->Args({6, 200})
    ->Args({20, 50})
    ->Args({20, 200})
    ->Args({10, 500});
BENCHMARK(CandidateWithoutRefit)->ArgNames({"d", "n"})->Unit(benchmark::kMillisecond)->Args({6, 100})->Args({10, 1000});
BENCHMARK(MixedCandidate)->ArgNames({"d", "n"})->Unit(benchmark::kMillisecond)->Args({6, 50})->Args({12, 100});
BENCHMARK(InitialPoint)->ArgNames({"d"})->Unit(benchmark::kMicrosecond)->Args({6})->Args({1000});
BENCHMARK_MAIN();
