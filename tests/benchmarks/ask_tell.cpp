#include "ask_tell.hpp"

#include <utility>

#include "surrogate/surrogate.hpp"

namespace stune::benchmarks {

AskTell::AskTell(const Problem& problem, const AskTellOptions& options) : problem_(problem) {
  Definition definition;
  definition.id = "benchmark";
  definition.name = problem.name;
  definition.space = SearchSpace(problem.parameters);
  definition.optimization.objectives = {{"loss", true}};
  definition.seed = options.seed;
  definition.method = options.method;
  RunOptions run;
  run.trials = problem.budget;
  run.parallel = options.parallel;
  commit({ExperimentCreated{definition, run}});
}

std::optional<int> AskTell::ask() {
  Candidates asked = source_.take(1, experiment_.last_evidence());
  if (asked.ready.empty()) return {};
  Candidate& candidate = asked.ready.front();
  if (candidate.fit) commit({*std::move(candidate.fit)});
  return create(candidate.parameters, candidate.generator, candidate.made_from);
}

std::vector<double> AskTell::point(int trial) const { return numbers(problem_, experiment_.trial(trial).parameters); }

void AskTell::tell(int trial, double loss) {
  commit({TrialEnded{trial, TrialStatus::completed, {}, {}, {{"loss", final_step, loss}}}});
}

void AskTell::attach(Point x, double loss) {
  const SearchSpace& space = experiment_.definition().space;
  tell(create(space.validated(parameterization(problem_, x)), "Manual", 0), loss);
}

int AskTell::recommended() const { return best_point(experiment_, true)->trial; }

int AskTell::create(const Parameterization& parameters, const std::string& generator, Sequence made_from) {
  const auto trial = static_cast<int>(experiment_.trials().size());
  commit({TrialCreated{trial, parameters, generator, made_from, true}});
  return trial;
}

void AskTell::commit(std::vector<EventBody> bodies) {
  std::vector<Event> events;
  for (EventBody& body : bodies) {
    events.push_back({experiment_.last_sequence() + 1, {}, std::move(body)});
    experiment_.apply(events.back());
  }
  source_.feed(events);
}

}  // namespace stune::benchmarks
