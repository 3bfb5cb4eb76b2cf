/// \file SlurmRunner on a fake Slurm and a fake clock.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/log.hpp"
#include "base/random.hpp"
#include "stune/slurm_runner.hpp"
#include "tests/runners/fake_slurm.hpp"
#include "tests/support/fake_clock.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"

namespace stune::slurm {

/// A coordinator's view of a fake Slurm, with a clock that is a value.
class SlurmRunnerTest : public testing::Test {
 protected:
  SlurmRunnerTest() : folder_(std::filesystem::path(testing::TempDir()) / ("slurm-" + random_name(8))) {
    log::set_quiet(true);
    std::filesystem::create_directories(folder_ / "tools");
    for (const char* tool : {"scontrol", "sbatch", "squeue", "sacct", "scancel"}) {
      std::ofstream(folder_ / "tools" / tool) << "#!/bin/sh\n";
      std::filesystem::permissions(folder_ / "tools" / tool, std::filesystem::perms::owner_all);
    }
    ::setenv("PATH", (folder_ / "tools").c_str(), 1);
    workplace_.folder = folder_;
    workplace_.working_directory = folder_;
    workplace_.experiment_name = "test";
    workplace_.command.arguments = {"true"};
    workplace_.environment = {{"HOME", "/home/u"}, {"SLURM_JOB_ID", "1"}};
    workplace_.clock = &clock_;
    workplace_.commands = &slurm_;
    restart();
  }
  ~SlurmRunnerTest() override { std::filesystem::remove_all(folder_); }

  void restart(SlurmOptions options = {}) {
    runner_ = std::make_unique<SlurmRunner>(std::move(options));
    runner_->open(workplace_);
    reports_.clear();
  }

  static Submission submission(int trial, int attempt = 0) {
    Submission submission;
    submission.token = "token-" + std::to_string(trial) + "-" + std::to_string(attempt);
    submission.jobs.push_back({{trial, attempt}, Parameterization{{"x", 0.5}}, 0, {}, {}});
    return submission;
  }
  void submit(int trial) { runner_->submit({submission(trial)}); }

  /// Polls as the scheduler does, for so long on the fake clock.
  void run_for(Seconds duration) {
    const TimePoint end = clock_.now() + std::chrono::round<std::chrono::microseconds>(duration);
    const int wake = runner_->wake_fd();
    while (clock_.now() < end) {
      poll();
      clock_.wait({&wake, 1}, std::min(end, std::max(clock_.now(), runner_->next_poll())));
    }
    poll();
  }
  void poll() {
    for (JobReport& report : runner_->poll(clock_.now())) reports_.push_back(std::move(report));
  }

  std::vector<JobState> states(int trial) const {
    std::vector<JobState> states;
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial) states.push_back(report.state);
    }
    return states;
  }
  bool has_ended(int trial) const {
    const auto all = states(trial);
    return std::count(all.begin(), all.end(), JobState::ended) > 0;
  }
  Ending ending(int trial) const {
    std::vector<Ending> endings;
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial && report.ending) endings.push_back(*report.ending);
    }
    EXPECT_EQ(endings.size(), 1U) << "of trial " << trial;
    return endings.empty() ? Ending{} : endings.front();
  }
  Metadata last_metadata(int trial) const {
    Metadata metadata;
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial && report.metadata) metadata = *report.metadata;
    }
    return metadata;
  }

  AttemptFolder attempt(int trial) const { return ExperimentFolder(folder_).attempt({trial, 0}); }

  /// What a node does when the job starts; false: it may not.
  bool start(const std::string& job, int trial, int restart = 0) {
    if (!claim_as("fake:" + job, trial, restart)) return false;
    slurm_.job(job).state = "RUNNING";
    return true;
  }
  /// What a node leaves when the job's command ends.
  void finish(const std::string& job, int trial, int exit_code, std::vector<int> signals = {}, int start = 0) {
    leave_record(trial, exit_code, signals, start);
    if (signals.empty()) slurm_.job(job).state = exit_code == 0 ? "COMPLETED" : "FAILED";
  }
  bool claim_as(const std::string& job, int trial, int restart) {
    std::filesystem::create_directories(attempt(trial).path());
    Claimant claimant;
    claimant.job = job;
    claimant.restart = restart;
    claimant.nonce = random_name(8);
    return std::holds_alternative<Claimed>(claim(attempt(trial), claimant));
  }
  void leave_record(int trial, int exit_code, const std::vector<int>& signals, int start) {
    ExitRecord record;
    record.id = {trial, 0};
    record.start = start;
    record.exit_code = exit_code;
    for (const int signal : signals) record.signals.push_back({signal, clock_.now()});
    write_exit_record(attempt(trial).exit_record(start), record);
    std::ofstream(ExperimentFolder(folder_).done_marker({trial, 0}));
  }
  void run_job(const std::string& job, int trial, int exit_code) {
    ASSERT_TRUE(start(job, trial));
    finish(job, trial, exit_code);
  }

  std::filesystem::path folder_;
  FakeClock clock_;
  FakeSlurm slurm_;
  Workplace workplace_;
  std::unique_ptr<SlurmRunner> runner_;
  std::vector<JobReport> reports_;
};

}  // namespace stune::slurm
