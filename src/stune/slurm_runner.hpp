/// \file Trials as Slurm jobs.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stune/runner.hpp"

namespace stune {

struct SlurmOptions {
  /// As on sbatch's command line, each text one or several options (quotes as in #SBATCH lines); they win over the
  /// script's #SBATCH lines. In both, {name} stands for the parameter's value.
  std::vector<std::string> sbatch_options{};
  Seconds poll_start{60};    ///< first interval between two looks at the queue
  double poll_growth = 1.5;  ///< per quiet look
  Seconds poll_cap{300};
  double submit_rate = 1.0;  ///< calls of sbatch per second in the long run; 0: no limit
  int submit_burst = 10;     ///< that may follow one another at once
};

/// How much Slurm was asked with one of its commands.
struct CommandCount {
  int calls = 0;
  int failures = 0;
  Seconds elapsed{0};  ///< in all
  Seconds slowest{0};
};

/// Submits with sbatch, looks at the queue with one `squeue --me` for all jobs, asks sacct for what is missing there,
/// and sees finished trials in files within seconds. Needs Slurm 20.02 or later; accounting is optional.
class SlurmRunner : public Runner {
 public:
  explicit SlurmRunner(SlurmOptions options = {});
  ~SlurmRunner() override;
  std::string name() const override { return "slurm"; }
  Seconds visibility_delay() const override { return Seconds{60}; }
  std::map<std::string, std::string> remembered() const override;
  void open(const Workplace& workplace) override;
  int capacity() const override;
  int max_batch() const override;
  std::string batch_key(const Job& job) const override;
  void submit(std::vector<Submission> submissions) override;
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint now) override;
  int wake_fd() const override;
  TimePoint next_poll() const override;
  bool busy() const override;
  std::vector<std::string> budget(TimePoint now) const override;
  /// By program: "sbatch", "squeue", ...; what was never called is not there.
  std::map<std::string, CommandCount> command_counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stune
