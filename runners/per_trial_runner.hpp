/// \file The tutorial's three methods as a Runner: one trial at a time, asked again and again.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "stune/runner.hpp"
#include "stune/trial_runner.hpp"

namespace stune {

struct PerTrialOptions {
  Seconds poll_start{1};     ///< from a start or a change to the next question
  double poll_growth = 1.5;  ///< of the interval, per round without a change
  Seconds poll_cap{60};      ///< of the interval, where it does not start above
};

/// submit(), stop() and poll() block as long as the user's methods do. What they throw ends the attempt as failed with
/// the exception's message. A stopped attempt counts as ended once stop_trial() has returned. What run_trial()
/// returned is reported as metadata; an attempt that is adopted without it may or may not run, and is lost.
class PerTrialRunner : public Runner {
 public:
  explicit PerTrialRunner(std::unique_ptr<TrialRunner> trials, PerTrialOptions options = {});
  /// From the next question on.
  void poll_with(const PerTrialOptions& options);
  void open(const Workplace& workplace) override;
  int capacity() const override { return unlimited; }
  void submit(std::vector<Submission> submissions) override;
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint now) override;
  TimePoint next_poll() const override;

 private:
  bool known(AttemptId id) const { return live_.contains(id) || over_.contains(id); }
  void run(const Job& job);
  void ask_all(TimePoint now);
  /// True if the attempt has ended.
  bool ask(AttemptId id, const Metadata& metadata);
  void end(AttemptId id, Cause cause, std::string detail);
  void ask_soon(TimePoint now);

  std::unique_ptr<TrialRunner> trials_;
  PerTrialOptions options_;
  Clock* clock_ = nullptr;
  std::map<AttemptId, Metadata> live_;
  std::set<AttemptId> over_;
  std::vector<JobReport> news_;
  Seconds interval_;
  TimePoint due_ = TimePoint::max();
};

}  // namespace stune
