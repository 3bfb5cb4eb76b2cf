/// \file The conversation with Slurm: which command is next, what its answer means for submissions and jobs.
///
/// One command runs at a time. In this order: what the configuration is (once), scancel, sbatch, squeue, sacct; an
/// overdue squeue goes before sbatch, so that a long queue of submissions blinds nobody. When the queue is looked at is
/// Rhythm's rule alone.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "runners/slurm_channel.hpp"
#include "runners/slurm_claims.hpp"
#include "runners/slurm_notes.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_placement.hpp"
#include "runners/slurm_timing.hpp"
#include "runners/slurm_watch.hpp"

namespace stune::slurm {

/// Its methods are SlurmRunner's.
class Dialogue {
 public:
  /// `workplace` outlives it. Throws RunnerError where there is no Slurm, ConfigError for options that cannot work.
  Dialogue(const SlurmOptions& options, const Workplace& workplace);

  int capacity() const;
  int max_batch() const;
  std::string batch_key(const Job& job) const;
  void submit(std::vector<Submission> submissions);
  void adopt(std::vector<Submission> submissions);
  void stop(std::span<const AttemptId> ids);
  std::vector<JobReport> poll(TimePoint now);
  TimePoint next_poll() const;
  bool busy() const;
  std::vector<std::string> budget(TimePoint now) const;
  const std::map<std::string, CommandCount>& counts() const { return channel_.counts(); }

 private:
  void recall(TimePoint now);
  void note();
  void take_config(const Config& config);
  void read_config(const CommandResult& result, TimePoint now);
  void read_answer(const Channel::Answer& answer, TimePoint now);
  void read_queue(const CommandResult& result, TimePoint now);
  void read_accounting(const CommandResult& result, TimePoint now);
  void read_cancel(const CommandResult& result, TimePoint now);
  void collect();
  bool has_work() const { return !watch_.empty() || placement_.has_doubts(); }
  bool has_questions() const { return watch_.has_questions() || !placement_.questions().empty(); }
  void wait_for_accounting();
  void settle_without_accounting(TimePoint now);
  void ask_next(TimePoint now);
  bool ask_config(TimePoint now);
  bool ask_cancel(TimePoint now);
  bool ask_submit(TimePoint now);
  bool ask_queue(TimePoint now, TimePoint due);
  bool ask_accounting(TimePoint now);

  const Workplace& workplace_;
  ExperimentFolder folder_;
  UserOptions options_;
  Timing timing_;
  Environment surroundings_;
  Environment job_environment_;
  Channel channel_;
  Claims claims_;
  Watch watch_;
  Placement placement_;
  Rhythm queue_;
  Rhythm files_;
  Config config_;
  Notes notes_;        ///< for the next coordinator
  Notes saved_notes_;  ///< as they are in their file
  TimePoint last_poll_ = TimePoint{};
  Backoff cancel_retries_;
  TimePoint config_due_ = TimePoint::min();
  TimePoint cancel_not_before_ = TimePoint::min();
  TimePoint accounting_not_before_ = TimePoint::min();
  bool accounting_ = true;
  std::vector<std::string> asked_jobs_;    ///< of the running scancel or sacct
  std::vector<std::string> asked_tokens_;  ///< of the running sacct
  std::vector<JobReport> reports_;
};

}  // namespace stune::slurm
