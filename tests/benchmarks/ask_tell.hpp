/// \file The optimizer of this program on one problem, as one who runs the trials himself would use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "generation/inline_source.hpp"
#include "problems.hpp"

namespace stune::benchmarks {

struct AskTellOptions {
  std::uint64_t seed = 1;
  int parallel = 1;  ///< trials at a time
  std::string method = "fast";
};

/// The problem must outlive it.
class AskTell {
 public:
  AskTell(const Problem& problem, const AskTellOptions& options);
  /// A new trial, pending from now on; nothing when the space is used up. Makes a fit where results are new.
  std::optional<int> ask();
  std::vector<double> point(int trial) const;
  void tell(int trial, double loss);
  /// A point of somebody else's choice, and its loss.
  void attach(Point x, double loss);
  /// The completed trial that the model holds to be the best; at least one is needed.
  int recommended() const;
  int completed() const { return experiment_.count(TrialStatus::completed); }

 private:
  int create(const Parameterization& parameters, const std::string& generator, Sequence made_from);
  void commit(std::vector<EventBody> bodies);

  const Problem& problem_;
  Experiment experiment_;
  InlineSource source_;
};

}  // namespace stune::benchmarks
