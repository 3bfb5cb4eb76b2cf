/// \file The experiment: what applying events gives. Nothing else changes it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "experiment/event.hpp"

namespace stune {

/// Value type without I/O. Queries by index are O(1); the sets below make every round cost O(changes + live jobs).
///
/// A trial is `running` from the intent to submit it on (its last attempt's state says whether it waits in a queue),
/// and `created` again when that attempt turns out to be deferred, absent or lost to infrastructure. Manual trials are
/// `running` at once and in none of the sets.
class Experiment {
 public:
  /// Applies the next event. Throws StorageError (a bad journal and a bug of ours are the same thing here) if it makes
  /// no sense: wrong sequence number, unknown trial, an end of what has ended or may still run, a second
  /// ExperimentCreated. The experiment is then unchanged.
  void apply(const Event& event);

  bool exists() const { return last_ > 0; }
  Sequence last_sequence() const { return last_; }
  /// The last event that changed what the model may know (observations, ends, failures).
  Sequence last_evidence() const { return last_evidence_; }
  /// The evidence that the last journaled fit of the model was made from; nothing before the first.
  std::optional<Sequence> last_fitted_to() const { return last_fitted_to_; }
  const Definition& definition() const { return definition_; }
  const RunOptions& options() const { return options_; }
  /// RunOptions::parallel as it was from each of these times on, the first one the experiment's beginning.
  const std::vector<std::pair<TimePoint, int>>& parallel_over_time() const { return parallel_over_time_; }
  const std::vector<Trial>& trials() const { return trials_; }
  const Trial& trial(int index) const { return trials_.at(static_cast<std::size_t>(index)); }
  bool is_manual(int trial) const { return manual_.contains(trial); }
  /// The trial that was made for the request of this id; -1 if none was.
  int made_for(const std::string& request) const {
    const auto found = served_.find(request);
    return found == served_.end() ? -1 : found->second;
  }

  /// Scheduled trials that are not terminal and have no live attempt: to be submitted. Ascending.
  const std::set<int>& waiting() const { return waiting_; }
  /// Trials with an attempt that was intended and has not ended. Ascending.
  const std::set<int>& live() const { return live_; }
  /// Trials whose attempt has ended and that wait for their metrics. Ascending.
  const std::set<int>& fetching() const { return fetching_; }
  int count(TrialStatus status) const { return counts_[static_cast<std::size_t>(status)]; }
  /// Trials that use up the budget: everything but abandoned.
  int counted() const { return static_cast<int>(trials_.size()) - count(TrialStatus::abandoned); }
  /// A stop of everything was asked for and not lifted by a later OptionsChanged.
  bool stop_asked() const { return stop_asked_; }
  const std::set<int>& trial_stops() const { return trial_stops_; }

  /// The completed trial with the best observed objective; -1 if none. O(1).
  int best_observed() const { return best_; }
  TimePoint created() const { return created_; }
  TimePoint last_change() const { return last_change_; }

 private:
  void take(const ExperimentCreated& what, const Event& event);
  void take(const OptionsChanged& what, const Event& event);
  void take(const TrialCreated& what, const Event& event);
  void take(const SubmissionIntended& what, const Event& event);
  void take(const JobReported& what, const Event& event);
  void take(const Observed& what, const Event& event);
  void take(const TrialEnded& what, const Event& event);
  void take(const ModelFitted& what, const Event& event);
  void take(const StopAsked& what, const Event& event);

  const Trial& known(int trial) const;
  const Trial& open_trial(int trial) const;
  void set_status(Trial& trial, TrialStatus status);
  void move(int trial, std::set<int>* to);
  void compare_with_best(const Trial& trial);

  Definition definition_;
  RunOptions options_;
  std::vector<std::pair<TimePoint, int>> parallel_over_time_;
  std::vector<Trial> trials_;
  std::set<int> waiting_, live_, fetching_, manual_, trial_stops_;
  std::map<std::string, int> served_;
  int counts_[6] = {};
  Sequence last_ = 0;
  Sequence last_evidence_ = 0;
  std::optional<Sequence> last_fitted_to_;
  bool stop_asked_ = false;
  int best_ = -1;
  TimePoint created_{}, last_change_{};
};

/// Why a person cannot end this open trial with `status` and these observations now; empty if that is possible. Trials
/// that run here have to be stopped instead, so that their jobs end with them; a completed one has the objective.
std::string why_not_ended_by_hand(const Experiment& experiment, int trial, TrialStatus status,
                                  const std::vector<Observation>& observations);

/// The objective that a completed trial would lack with these observations alone; empty if none.
std::string missing_objective(const Experiment& experiment, const std::vector<Observation>& observations);

/// The objective's value of a trial in the user's units; nothing if it never reported it.
std::optional<Observation> objective_of(const Experiment& experiment, const Trial& trial);

}  // namespace stune
