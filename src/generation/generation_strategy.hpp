/// \file Which generator makes the next trial: the user's own setting or the centre, quasi-random points, then the
/// model.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "generation/candidate_source.hpp"
#include "generation/haste.hpp"
#include "generation/history.hpp"

namespace stune {

namespace generation {
struct Kept;
}

struct Proposal {
  std::optional<Candidate> candidate;  ///< nothing only if exhausted
  bool exhausted = false;              ///< the finite space holds no further point
  std::string notice = {};
  std::vector<Candidate> further = {};  ///< made from the same evidence, each with those before it assumed
};

/// What is asked of a strategy.
struct Demand {
  int count = 1;  ///< up to so many candidates, where further ones come at little more than the price of one
  Haste haste = Haste::none;
};

/// Deterministic: the same events and assumed trials give the same proposal. Fed with events, in order.
class GenerationStrategy {
 public:
  GenerationStrategy();
  GenerationStrategy(const GenerationStrategy& other);  ///< knows the same; keeps its own numbers
  GenerationStrategy(GenerationStrategy&&) noexcept;
  GenerationStrategy& operator=(GenerationStrategy&&) noexcept;
  ~GenerationStrategy();

  void apply(const Event& event) { history_.apply(event); }
  const History& history() const { return history_; }
  /// False: results change nothing in what comes next.
  bool depends_on_evidence() const { return history_.definition().method == "fast"; }
  /// The next trial, given that `assumed` will be trials before it. Costs a fit of the model where the evidence is new.
  /// What goes wrong with the model, memory that ends included, makes it a quasi-random one, and the notice says so.
  Proposal next(std::span<const Parameterization> assumed, Demand demand = {});

 private:
  bool wants_model() const;
  Proposal initial(std::size_t index, std::span<const Parameterization> assumed, int count) const;
  Proposal from_model(std::size_t index, std::span<const Parameterization> assumed, Demand demand);
  Proposal from_model_or_without(std::size_t index, std::span<const Parameterization> assumed, Demand demand);

  History history_;
  ModelFitted fit_;                         ///< of the latest evidence; the journal may not have it yet
  std::unique_ptr<generation::Kept> kept_;  ///< a cache: changes no digit
};

/// Quasi-random trials before the model takes over, where the user did not say: two for each dimension, 10 at most, and
/// no more than a sixth of the `wanted` trials (0 or 1: not known) when the experiment began, but 5.
int default_initial_trials(std::size_t dimension, int wanted);

}  // namespace stune
