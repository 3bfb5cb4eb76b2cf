/// \file A runner for tests of whatever uses runners: keeps the contract, and places jobs in a FakeCluster.
///
///     FakeCluster cluster;
///     cluster.set_script([](const Job& job) { return FakeOutcome{.observations = {...}}; });
///     FakeRunner runner(cluster);                       // destroy it and make another: that is a restart
#pragma once

#include <map>
#include <vector>

#include "tests/support/fake_cluster.hpp"

namespace stune {

struct FakeRunnerOptions {
  int slots = unlimited;
  int max_batch = unlimited;
  std::string open_error{};  ///< open() throws RunnerError with it
  Seconds visibility_delay{5};
};

/// `cluster` outlives the runner. Time is the Workplace's clock, or what poll() is told where there is none.
class FakeRunner : public Runner {
 public:
  explicit FakeRunner(FakeCluster& cluster, FakeRunnerOptions options = {});
  void open(const Workplace& workplace) override;
  int capacity() const override;
  int max_batch() const override { return options_.max_batch; }
  Seconds visibility_delay() const override { return options_.visibility_delay; }
  void submit(std::vector<Submission> submissions) override;
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint now) override;
  int wake_fd() const override { return cluster_.fd(); }
  TimePoint next_poll() const override;

 private:
  struct Told {
    JobState state = JobState::unknown;
    std::size_t observations = 0;
  };
  TimePoint now() const;

  FakeCluster& cluster_;
  FakeRunnerOptions options_;
  Clock* clock_ = nullptr;
  TimePoint polled_{};
  std::map<AttemptId, Told> told_;  ///< attempts this runner is responsible for, and what it has reported
  std::vector<JobReport> news_;     ///< of attempts that are no jobs: deferred, absent
};

}  // namespace stune
