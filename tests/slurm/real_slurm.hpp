/// \file SlurmRunner on a real Slurm (SLURM_CONF says which), driven as the scheduler does.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/commands.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "stune/slurm_runner.hpp"
#include "trial/folder.hpp"

namespace stune {

inline std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  ::pclose(pipe);
  return output;
}

/// Waits for a word in the pipe $GO; every start leaves a line in `starts`.
inline constexpr const char* waiting_script = R"(#!/bin/sh
#SBATCH --time=10
echo "$SLURM_JOB_ID" >> "$STUNE_TRIAL_DIR/starts"
read -r word < "$GO"
)";

class RealSlurm : public testing::Test {
 protected:
  RealSlurm() : token_("real-" + random_name(8)) {
    log::set_quiet(true);
    workplace_.folder = std::filesystem::temp_directory_path() / (token_ + ".stune");
    workplace_.working_directory = workplace_.folder;
    workplace_.experiment_name = "real";
    workplace_.environment = current_environment();
    workplace_.environment["GO"] = (workplace_.folder / "go").string();
    workplace_.clock = &clock_;
    create_folders(folder().bin());
    std::filesystem::copy_file(STUNE_NODE_PROGRAM, folder().node_program());
    const std::string& pipe = workplace_.environment.at("GO");
    EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    pipe_ = Descriptor(::open(pipe.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    set_script(waiting_script);
  }
  ~RealSlurm() override {
    output_of("scancel --name=" + token_);
    std::error_code ignored;
    std::filesystem::remove_all(workplace_.folder, ignored);
  }

  ExperimentFolder folder() const { return ExperimentFolder(workplace_.folder); }
  void set_script(const std::string& text) {
    workplace_.command.script = workplace_.folder / "script.sh";
    replace_file(workplace_.command.script, text, 0700);
  }
  void open(std::vector<std::string> sbatch_options = {}) {
    runner_.reset();
    commands_ = make_child_commands(clock_);
    workplace_.commands = commands_.get();
    SlurmOptions options;
    options.sbatch_options = std::move(sbatch_options);
    options.poll_start = options.poll_cap = Seconds(1);
    runner_ = std::make_unique<SlurmRunner>(options);
    runner_->open(workplace_);
    reports_.clear();
  }
  Submission submission(int jobs = 1) const {
    Submission submission{token_, {}};
    for (int trial = 0; trial < jobs; ++trial) submission.jobs.push_back({{trial, 0}, parameters_, 0, {}, {}});
    return submission;
  }
  void submit(int jobs = 1) { runner_->submit({submission(jobs)}); }

  bool drive(const std::function<bool()>& done, Seconds patience = Seconds(60)) {
    const TimePoint end = clock_.now() + std::chrono::round<std::chrono::microseconds>(patience);
    const int wake = runner_->wake_fd();
    while (clock_.now() < end) {
      for (JobReport& report : runner_->poll(clock_.now())) reports_.push_back(std::move(report));
      if (done()) return true;
      const TimePoint soon = clock_.now() + std::chrono::milliseconds(200);
      clock_.wait({&wake, 1}, std::min({end, soon, runner_->next_poll()}));
    }
    return false;
  }
  bool drive_until(JobState state, int trial = 0) {
    return drive([&] { return count(state, trial) > 0; });
  }
  long count(JobState state, int trial = 0) const {
    return std::count_if(reports_.begin(), reports_.end(),
                         [&](const JobReport& r) { return r.state == state && r.id.trial == trial; });
  }
  Ending ending(int trial = 0) const {
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial && report.ending) return *report.ending;
    }
    return {};
  }
  Metadata metadata(int trial = 0) const {
    Metadata last;
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial && report.metadata) last = *report.metadata;
    }
    return last;
  }
  int starts() const {
    const std::string text = read_file(folder().trial(0) / "starts").value_or("");
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }
  bool run_until_started(int number = 1) {
    return drive([&] { return starts() == number; });
  }
  /// For one start that waits, now or soon.
  void go() { EXPECT_EQ(::write(pipe_.get(), "go\n", 3), 3); }
  int jobs_of_this_name() const {
    const std::string names = output_of("squeue --me -h -t all -o %j");
    int found = 0;
    std::istringstream lines(names);
    for (std::string line; std::getline(lines, line);) found += line == token_;
    return found;
  }
  /// freeze, thaw, kill or restart the controller.
  static void controller(const std::string& action) {
    std::string command = STUNE_SLURM_CLUSTER;
    output_of(command.append(" ").append(action).append(" ").append(place()).append(" slurmctld"));
  }
  /// The cluster's folder.
  static std::string place() { return std::filesystem::path(std::getenv("SLURM_CONF")).parent_path().string(); }

  SystemClock clock_;
  std::string token_;
  Descriptor pipe_;  // open for reading and writing, so that neither side waits for the other
  Workplace workplace_;
  Parameterization parameters_{{"x", 0.5}};
  std::unique_ptr<Commands> commands_;
  std::unique_ptr<SlurmRunner> runner_;
  std::vector<JobReport> reports_;
};

}  // namespace stune
