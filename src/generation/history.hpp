/// \file What generators know of an experiment: points of the unit cube and what became of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "experiment/event.hpp"

namespace stune {

/// Fed with events, in order. Value type, numbers only: it may live on another thread.
class History {
 public:
  enum class State : std::uint8_t {
    pending,   ///< no result yet
    observed,  ///< y and sem are set
    failed,    ///< infeasible, as far as is known
    withdrawn  ///< abandoned: says nothing
  };
  struct Point {
    std::vector<double> x;  ///< SearchSpace::encode
    State state = State::pending;
    double y = 0.0;      ///< the objective, greater is better
    double sem = 0.0;    ///< NaN: unknown
    Sequence ended = 0;  ///< the event that ended it; 0 while pending
  };

  void apply(const Event& event);

  const SearchSpace& space() const { return definition_.space; }
  const Definition& definition() const { return definition_; }
  const RunOptions& options() const { return options_; }
  /// One for each trial, by index.
  const std::vector<Point>& points() const { return points_; }
  /// Is there a trial of exactly this point? O(log n).
  bool contains(const std::vector<double>& x) const { return known_.contains(x); }
  int observed() const { return observed_; }
  /// How many trials were wanted when the experiment began; 0 if that was not known.
  int wanted_at_first() const { return wanted_at_first_; }
  /// The last event after which a generator may answer differently; as Experiment::last_evidence().
  Sequence last_evidence() const { return last_evidence_; }
  /// The last journaled fit; made_from is 0 if there was none.
  const ModelFitted& fitted() const { return fitted_; }
  /// How many were journaled.
  int fits() const { return fits_; }

 private:
  void end(const TrialEnded& ended);
  void observe(int trial, const std::vector<Observation>& observations);

  Definition definition_;
  RunOptions options_;
  std::vector<Point> points_;
  std::set<std::vector<double>> known_;  ///< x of all points
  std::vector<std::int64_t> best_step_;  ///< of the value in points_, by trial
  int observed_ = 0, wanted_at_first_ = 0, fits_ = 0;
  Sequence last_evidence_ = 0;
  ModelFitted fitted_;
};

}  // namespace stune
