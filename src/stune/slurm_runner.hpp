/// \file Trials as Slurm jobs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stune/runner.hpp"

namespace stune {

struct SlurmOptions {
  std::vector<std::string> sbatch_options{};  ///< as on sbatch's command line; they win over the script's #SBATCH lines
  Seconds poll_start{60};                     ///< first interval between two looks at the queue
  double poll_growth = 1.5;                   ///< per quiet look
  Seconds poll_cap{300};
};

/// Submits with sbatch, looks at the queue with one `squeue --me` for all jobs, asks sacct for what is missing there,
/// and sees finished trials in files within seconds. Needs Slurm 20.02 or later; accounting is optional.
class SlurmRunner : public Runner {
 public:
  explicit SlurmRunner(SlurmOptions options = {});
  ~SlurmRunner() override;
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

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stune
