#include "regret.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "ask_tell.hpp"
#include "base/random.hpp"
#include "cpu_time.hpp"
#include "quantile.hpp"

namespace stune::benchmarks {
namespace {

constexpr std::size_t unhurried = 10;     // proposals whose time is not counted: the initial design
constexpr std::uint64_t durations = 777;  // stream of the seed

/// Trials end in the order in which simulated workers would end them.
class Simulation {
 public:
  Simulation(const Problem& problem, const RunSetup& run)
      : problem_(problem),
        run_(run),
        optimizer_(problem, {run.seed, run.workers, run.method}),
        generator_(stream_seed(run.seed, durations)) {}

  /// False: the space is used up.
  bool start_one() {
    const double begin = cpu_seconds();
    const auto trial = optimizer_.ask();
    if (!trial) return false;
    seconds_.push_back(cpu_seconds() - begin);
    running_.emplace(now_ + std::exponential_distribution<double>()(generator_), *trial);
    return true;
  }

  void end_one() {
    const auto [end, trial] = *running_.begin();
    running_.erase(running_.begin());
    now_ = end;
    const std::vector<double> x = optimizer_.point(trial);
    best_ = std::min(best_, problem_.value(x));
    optimizer_.tell(trial, observe(problem_, x, run_.seed, trial));
  }

  std::size_t running() const { return running_.size(); }

  Regret result() const {
    Regret result;
    result.best = result.recommended = best_ - problem_.optimum();
    if (problem_.noise > 0) {
      result.recommended = problem_.value(optimizer_.point(optimizer_.recommended())) - problem_.optimum();
    }
    const auto first = seconds_.begin() + static_cast<std::ptrdiff_t>(std::min(unhurried, seconds_.size()));
    result.candidate_seconds = quantile({first, seconds_.end()}, 0.5);
    result.total_seconds = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
    result.evaluations = optimizer_.completed();
    return result;
  }

 private:
  const Problem& problem_;
  RunSetup run_;
  AskTell optimizer_;
  std::mt19937_64 generator_;
  std::multimap<double, int> running_;  // trials by the time they end
  double now_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  std::vector<double> seconds_;
};

}  // namespace

Regret optimize(const Problem& problem, const RunSetup& run) {
  Simulation simulation(problem, run);
  const int budget = run.budget > 0 ? run.budget : problem.budget;
  for (int started = 0; started < budget && simulation.start_one(); ++started) {
    if (simulation.running() == static_cast<std::size_t>(run.workers)) simulation.end_one();
  }
  while (simulation.running() > 0) simulation.end_one();
  return simulation.result();
}

}  // namespace stune::benchmarks
