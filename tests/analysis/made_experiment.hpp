/// \file Experiments as tests want them: each trial a line.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "experiment/experiment.hpp"
#include "generation/random_numbers.hpp"

namespace stune {

/// A minute passes before each event.
class MadeExperiment {
 public:
  explicit MadeExperiment(std::vector<Parameter> parameters, Objective objective = {"loss", true},
                          RunOptions run = {}) {
    Definition definition;
    definition.id = "made";
    definition.name = "made";
    definition.space = SearchSpace(std::move(parameters));
    definition.optimization.objectives = {std::move(objective)};
    if (run.trials == 0) run.trials = 100;
    happen(ExperimentCreated{std::move(definition), std::move(run)});
  }

  const Experiment& operator*() const { return experiment_; }
  const Experiment* operator->() const { return &experiment_; }

  void happen(EventBody body) {
    experiment_.apply(
        {experiment_.last_sequence() + 1, TimePoint{} + minutes_++ * std::chrono::minutes(1), std::move(body)});
  }
  int create(const Parameterization& p, const std::string& generator = "GP", bool manual = true) {
    const auto trial = static_cast<int>(experiment_.trials().size());
    happen(TrialCreated{trial, experiment_.definition().space.validated(p), generator, 0, manual});
    return trial;
  }
  int complete(const Parameterization& p, double value, double sem = std::nan(""),
               const std::string& generator = "GP") {
    const int trial = create(p, generator);
    const std::string& metric = experiment_.definition().optimization.objectives.front().metric;
    happen(TrialEnded{trial, TrialStatus::completed, {}, {}, {{metric, final_step, value, sem}}});
    return trial;
  }
  int fail(const Parameterization& p, const std::string& reason = "exit code 1") {
    const int trial = create(p);
    happen(TrialEnded{trial, TrialStatus::failed, reason, {}, {}});
    return trial;
  }
  /// `count` trials at random points of the unit cube, as the search space decodes them.
  void sample(int count, const std::function<double(const Parameterization&)>& f, double sem = std::nan(""),
              std::uint64_t seed = 7) {
    generation::RandomNumbers random(seed);
    const SearchSpace& space = experiment_.definition().space;
    for (int i = 0; i < count; ++i) {
      std::vector<double> u;
      for (const Axis& axis : space.axes()) {
        u.push_back(axis.kind == Axis::Kind::categories ? static_cast<double>(random.below(axis.count))
                                                        : random.uniform());
      }
      const Parameterization p = space.decode(u);
      complete(p, f(p), sem);
    }
  }

 private:
  Experiment experiment_;
  std::int64_t minutes_ = 0;
};

}  // namespace stune
