/// \file Candidates made when they are asked for: exact and always fresh; take() blocks for the fit.
#pragma once

#include "generation/candidate_source.hpp"
#include "generation/generation_strategy.hpp"

namespace stune {

class InlineSource : public CandidateSource {
 public:
  void feed(std::span<const Event> committed) override;
  Candidates take(int count, Sequence seen_at_least) override;
  const GenerationStrategy& strategy() const { return strategy_; }

 private:
  GenerationStrategy strategy_;
  std::vector<Parameterization> taken_;  ///< not yet trials
};

}  // namespace stune
