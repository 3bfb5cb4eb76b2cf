/// \file Trials as processes of this machine.
#pragma once

#include <memory>

#include "stune/runner.hpp"

namespace stune {

struct LocalOptions {
  int slots = 0;             ///< most processes at a time; 0: unlimited (the scheduler's parallelism decides)
  bool die_with_us = false;  ///< trials end when the coordinator dies; else the next coordinator adopts them
  int cpus_per_trial = 0;    ///< cores a trial is bound to; 0: not bound
  int gpus_per_trial = 0;    ///< GPUs a trial sees; 0: as the environment says
  Seconds stop_grace{10};    ///< from SIGTERM to SIGKILL of a trial that is stopped
  /// Attempts get the workplace's environment as it is. Else they get the user's settings in it, and of this process
  /// what an allocation or the node is told by: the one it was saved in may be long gone.
  bool environment_as_given = false;
};

/// Starts each attempt through the node program in a process group of its own. Event-driven: no polling.
class LocalRunner : public Runner {
 public:
  explicit LocalRunner(LocalOptions options = {});
  ~LocalRunner() override;
  std::string name() const override { return "local"; }
  std::map<std::string, std::string> remembered() const override;
  void open(const Workplace& workplace) override;
  int capacity() const override;
  void submit(std::vector<Submission> submissions) override;
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint now) override;
  int wake_fd() const override;
  TimePoint next_poll() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stune
