#include "regret.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "base/random.hpp"
#include "experiment/experiment.hpp"
#include "generation/inline_source.hpp"
#include "surrogate/surrogate.hpp"

namespace stune::benchmarks {
namespace {

constexpr std::size_t unhurried = 10;     // proposals whose time is not counted: the initial design
constexpr std::uint64_t durations = 777;  // stream of the seed

/// An experiment whose trials are evaluated here, in the order in which simulated workers would end them.
class Simulation {
 public:
  Simulation(const Problem& problem, const Run& run)
      : problem_(problem), run_(run), generator_(stream_seed(run.seed, durations)) {
    Definition definition;
    definition.id = "regret";
    definition.name = problem.name;
    definition.space = SearchSpace(problem.parameters);
    definition.optimization.objectives = {{"loss", true}};
    definition.seed = run.seed;
    definition.method = run.method;
    RunOptions options;
    options.trials = run.budget;
    options.parallel = run.workers;
    commit({ExperimentCreated{definition, options}});
  }

  /// False: the space is used up.
  bool start_one() {
    const auto begin = std::chrono::steady_clock::now();
    const Candidates asked = source_.take(1, experiment_.last_evidence());
    seconds_.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    if (asked.ready.empty()) return false;
    const Candidate& candidate = asked.ready.front();
    const auto trial = static_cast<int>(experiment_.trials().size());
    std::vector<EventBody> events;
    if (candidate.fit) events.emplace_back(*candidate.fit);
    events.emplace_back(TrialCreated{trial, candidate.parameters, candidate.generator, candidate.made_from, true});
    commit(std::move(events));
    running_.emplace(now_ + std::exponential_distribution<double>()(generator_), trial);
    return true;
  }

  void end_one() {
    const auto [end, trial] = *running_.begin();
    running_.erase(running_.begin());
    now_ = end;
    const std::vector<double> x = numbers(problem_, experiment_.trial(trial).parameters);
    const double told = observe(problem_, x, run_.seed, trial);
    best_ = std::min(best_, problem_.value(x));
    commit({TrialEnded{trial, TrialStatus::completed, {}, {}, {{"loss", final_step, told}}}});
  }

  std::size_t running() const { return running_.size(); }

  Regret result() const {
    Regret result;
    result.best = result.recommended = best_ - problem_.optimum();
    if (problem_.noise > 0) {
      const int recommended = best_point(experiment_, true)->trial;
      const auto x = numbers(problem_, experiment_.trial(recommended).parameters);
      result.recommended = problem_.value(x) - problem_.optimum();
    }
    const auto first = seconds_.begin() + static_cast<std::ptrdiff_t>(std::min(unhurried, seconds_.size()));
    result.candidate_seconds = quantile({first, seconds_.end()}, 0.5);
    for (const double seconds : seconds_) result.total_seconds += seconds;
    result.evaluations = experiment_.count(TrialStatus::completed);
    return result;
  }

 private:
  void commit(std::vector<EventBody> bodies) {
    std::vector<Event> events;
    for (EventBody& body : bodies) {
      events.push_back({experiment_.last_sequence() + 1, {}, std::move(body)});
      experiment_.apply(events.back());
    }
    source_.feed(events);
  }

  const Problem& problem_;
  Run run_;
  Experiment experiment_;
  InlineSource source_;
  std::mt19937_64 generator_;
  std::multimap<double, int> running_;  // trials by the time they end
  double now_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  std::vector<double> seconds_;
};

}  // namespace

Regret optimize(const Problem& problem, const Run& run) {
  Simulation simulation(problem, run);
  const int budget = run.budget > 0 ? run.budget : problem.budget;
  for (int started = 0; started < budget && simulation.start_one(); ++started) {
    if (simulation.running() == static_cast<std::size_t>(run.workers)) simulation.end_one();
  }
  while (simulation.running() > 0) simulation.end_one();
  return simulation.result();
}

double quantile(std::vector<double> numbers, double q) {
  if (numbers.empty()) return std::nan("");
  std::ranges::sort(numbers);
  const double place = q * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, numbers.size() - 1);
  return numbers[below] + (place - static_cast<double>(below)) * (numbers[above] - numbers[below]);
}

}  // namespace stune::benchmarks
