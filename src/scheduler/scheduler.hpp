/// \file The loop: collect what happened, decide what follows, commit it, act on it; again until the experiment is
/// over.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/wakeup.hpp"
#include "generation/candidate_source.hpp"
#include "scheduler/failure_policy.hpp"
#include "scheduler/host_health.hpp"
#include "scheduler/ledger.hpp"
#include "scheduler/metric_collector.hpp"
#include "scheduler/patience.hpp"
#include "scheduler/submission_planner.hpp"
#include "scheduler/summary.hpp"
#include "scheduler/trial_folders.hpp"
#include "stune/metric.hpp"
#include "stune/progress.hpp"
#include "stune/runner.hpp"

namespace stune {

/// What the loop works with. References outlive the scheduler.
struct SchedulerContext {
  std::filesystem::path folder;  ///< of the experiment, where requests appear
  Experiment& experiment;
  Ledger& ledger;
  Runner& runner;                                       ///< opened
  CandidateSource& source;                              ///< has been fed everything so far
  const std::vector<std::unique_ptr<Metric>>& metrics;  ///< opened
  Clock& clock;
  Progress& progress;
  std::function<void(TimePoint)> heartbeat;  ///< lock and telemetry; called every round; may throw StorageError
  const Wakeup* interrupt = nullptr;         ///< readable: end between rounds
  bool submits = true;                       ///< false: only what runs already is looked after
};

/// One run of the loop. Single-threaded; every call it makes returns at once, it waits in one place.
class Scheduler {
 public:
  explicit Scheduler(const SchedulerContext& context);
  /// Rounds until the experiment is over, or the run is to end.
  RunSummary run();
  /// Rounds until nothing is due soon.
  RunSummary step();

 private:
  RunSummary rounds(bool until_idle);
  RunSummary end_run(StopReason reason);
  /// True if anything happened.
  bool round();

  void adopt();
  void collect_reports();
  void serve_requests(TimePoint now);
  void decide_reports(TimePoint now, std::vector<EventBody>& events);
  void tell(const JobReport& report);
  void decide_ended(const Trial& trial, const JobReport& report, TimePoint now, std::vector<EventBody>& events);
  void fetch_metrics(TimePoint now, std::vector<EventBody>& events);
  void peek_at_running(TimePoint now, std::vector<EventBody>& events);
  void enforce_stops(std::vector<EventBody>& events, std::vector<AttemptId>& to_stop);
  Candidates take(int count, Sequence seen_at_least);
  std::vector<Candidate> take_candidates(int wanted, TimePoint now);
  bool exhausted() const { return exhausted_by_ == c_.experiment.last_evidence(); }
  Plan plan(TimePoint now, std::span<const EventBody> coming);
  void commit(std::vector<EventBody> events);
  bool clean_folders();
  std::optional<StopReason> over();
  bool out_of_time(TimePoint now);
  bool interrupted() const;
  void wait(TimePoint now);
  void finish_trial(const Trial& trial, TrialStatus status, std::string reason, std::optional<Ending> ending,
                    std::vector<Observation> observations, std::vector<EventBody>& events);
  Seconds grace() const;
  ProgressSnapshot snapshot(TimePoint now) const;
  RunSummary summary(StopReason reason, TimePoint now) const;

  SchedulerContext c_;
  MetricCollector collector_;
  Growth growth_;  ///< as it was when the runner was opened
  FailureTally tally_;
  HostHealth health_;
  TrialFolders folders_;
  TimePoint started_;
  std::map<AttemptId, JobReport> news_;      ///< merged reports, not yet decided
  TimePoint news_since_ = TimePoint::max();  ///< of the oldest that is not urgent
  std::set<AttemptId> stops_sent_;
  std::set<std::string> said_;  ///< notices are said once
  Patience patience_;
  std::optional<TimePoint> starving_since_;  ///< slots are free and no fresh candidate is there
  TimePoint next_requests_{}, next_peek_{};
  int next_peeked_ = 0;
  std::optional<Sequence> exhausted_by_;  ///< the evidence for which the source has said so
  bool winding_down_ = false;             ///< interrupted, and the runner is not done
  std::string failure_;                   ///< why too many failed; empty while tolerable
};

}  // namespace stune
