// SlurmRunner on a real Slurm (SLURM_CONF says which), with faults that people and machines make.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <sstream>

#include "base/clock.hpp"
#include "base/commands.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"
#include "stune/slurm_runner.hpp"
#include "trial/folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  ::pclose(pipe);
  return output;
}

/// Waits until the file $GO exists; every start leaves a line in `starts`.
constexpr const char* waiting_script = R"(#!/bin/sh
#SBATCH --time=10
echo "$SLURM_JOB_ID" >> "$STUNE_TRIAL_DIR/starts"
until [ -e "$GO" ]; do read -t 1 nothing <> "$STUNE_TRIAL_DIR/pipe" || :; done
)";

class RealSlurm : public testing::Test {
 protected:
  RealSlurm() : token_("real-" + random_name(8)) {
    log::set_quiet(true);
    workplace_.folder = fs::temp_directory_path() / (token_ + ".stune");
    workplace_.working_directory = workplace_.folder;
    workplace_.experiment_name = "real";
    workplace_.environment = current_environment();
    workplace_.environment["GO"] = (workplace_.folder / "go").string();
    workplace_.clock = &clock_;
    create_folders(folder().bin());
    fs::copy_file(STUNE_NODE_PROGRAM, folder().node_program());
    set_script(waiting_script);
  }
  ~RealSlurm() override {
    output_of("scancel --name=" + token_);
    std::error_code ignored;
    fs::remove_all(workplace_.folder, ignored);
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
  void go() { replace_file(workplace_.folder / "go", ""); }
  int jobs_of_this_name() const {
    const std::string names = output_of("squeue --me -h -t all -o %j");
    int found = 0;
    std::istringstream lines(names);
    for (std::string line; std::getline(lines, line);) found += line == token_;
    return found;
  }
  static void cluster(const std::string& action) {
    const fs::path place = fs::path(std::getenv("SLURM_CONF")).parent_path();
    output_of(std::string(STUNE_SLURM_CLUSTER) + " " + action + " " + place.string() + " slurmctld");
  }

  SystemClock clock_;
  std::string token_;
  Workplace workplace_;
  Parameterization parameters_{{"x", 0.5}};
  std::unique_ptr<Commands> commands_;
  std::unique_ptr<SlurmRunner> runner_;
  std::vector<JobReport> reports_;
};

TEST_F(RealSlurm, ARunningJobCancelledByHandIsCancelled) {
  open();
  submit();
  ASSERT_TRUE(run_until_started());

  output_of("scancel " + metadata().at("job"));

  ASSERT_TRUE(drive_until(JobState::ended));
  EXPECT_EQ(ending().cause, Cause::cancelled) << ending().detail;
}

TEST_F(RealSlurm, APendingJobCancelledByHandIsCancelledAndNeverStarts) {
  open({"--hold"});
  submit();
  ASSERT_TRUE(drive_until(JobState::pending));

  output_of("scancel " + metadata().at("job"));

  ASSERT_TRUE(drive_until(JobState::ended));
  EXPECT_EQ(ending().cause, Cause::cancelled) << ending().detail;
  EXPECT_EQ(starts(), 0);
}

TEST_F(RealSlurm, AHeldJobSaysWhyItIsPending) {
  open({"--hold"});
  submit();

  EXPECT_TRUE(drive([&] {
    return std::any_of(reports_.begin(), reports_.end(),
                       [](const JobReport& report) { return report.detail == "JobHeldUser"; });
  }));
}

TEST_F(RealSlurm, ARequeuedJobStartsTwiceAndCountsOnce) {
  open({"--requeue"});
  submit();
  ASSERT_TRUE(run_until_started());
  ASSERT_TRUE(drive_until(JobState::running));

  output_of("scontrol requeue " + metadata().at("job"));
  ASSERT_TRUE(run_until_started(2));
  EXPECT_EQ(count(JobState::ended), 0);
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(metadata().at(start_key), "1");
  EXPECT_EQ(count(JobState::ended), 1);
}

TEST_F(RealSlurm, AJobSubmittedToAFrozenControllerIsAdoptedAndNotDoubled) {
  open();
  ASSERT_TRUE(drive([&] { return !runner_->busy(); }));
  cluster("freeze");
  submit();
  EXPECT_TRUE(drive([&] { return runner_->command_counts()["sbatch"].failures == 1; }));

  cluster("thaw");
  ASSERT_TRUE(run_until_started());
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(runner_->command_counts()["sbatch"].calls, 1);
  EXPECT_EQ(starts(), 1);
  EXPECT_EQ(jobs_of_this_name(), 1);
}

TEST_F(RealSlurm, AJobOfACoordinatorThatDiedBeforeItKnewTheIdIsFoundByItsName) {
  open();
  submit();
  ASSERT_TRUE(run_until_started());
  open();

  runner_->adopt({submission()});
  ASSERT_TRUE(drive([&] { return metadata().contains("job"); }));
  go();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(starts(), 1);
  EXPECT_EQ(jobs_of_this_name(), 1);
}

TEST_F(RealSlurm, AJobThatWasStillHeldWhenItsCoordinatorDiedIsFoundInTheQueue) {
  open({"--hold"});
  submit();
  ASSERT_TRUE(drive_until(JobState::pending));
  const std::string job = metadata().at("job");
  open();

  runner_->adopt({submission()});
  ASSERT_TRUE(drive([&] { return metadata().contains("job"); }));

  EXPECT_EQ(metadata().at("job"), job);
}

TEST_F(RealSlurm, AnArrayIsOneCallAndEndsTaskByTask) {
  set_script("#!/bin/sh\nexit $STUNE_TRIAL\n");
  open();

  submit(3);
  ASSERT_TRUE(
      drive([&] { return count(JobState::ended, 0) + count(JobState::ended, 1) + count(JobState::ended, 2) == 3; }));

  EXPECT_EQ(runner_->command_counts()["sbatch"].calls, 1);
  EXPECT_EQ(ending(0).cause, Cause::completed);
  EXPECT_EQ(ending(2).exit_code, 2);
  EXPECT_THAT(metadata(1).at("job"), testing::EndsWith("_1"));
}

TEST_F(RealSlurm, EnvironmentAndAwkwardValuesArriveExactly) {
  const std::string awkward = "$(touch x) `id` a b;c \"d\" 'e' \\n %j #f \xc3\xa9";
  parameters_ = Parameterization{{"word", awkward}, {"lr", 0.1}, {"layers", std::int64_t{3}}};
  workplace_.environment["AWKWARD"] = awkward + "\nsecond line";
  workplace_.environment["CUDA_VISIBLE_DEVICES"] = "7";
  workplace_.environment["SLURM_JOB_NAME"] = "of another job";
  set_script(
      "#!/bin/sh\n"
      "printf '%s|%s|%s|%s|%s|%s' \"$STUNE_word\" \"$STUNE_lr\" \"$STUNE_layers\" \"$AWKWARD\" "
      "\"${CUDA_VISIBLE_DEVICES-}\" "
      "\"$SLURM_JOB_NAME\" > \"$STUNE_TRIAL_DIR/seen\"\n");
  open();

  submit();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::completed) << ending().detail;
  EXPECT_EQ(read_file(folder().trial(0) / "seen"), awkward + "|0.1|3|" + awkward + "\nsecond line||" + token_);
}

TEST_F(RealSlurm, TheUsersOptionsReachSlurmAsWritten) {
  set_script("#!/bin/sh\n#SBATCH --comment=\"it's \\\"so\\\" # far\" --time=7 # minutes\n");
  open({"--hold --time=9", "--ntasks={layers}"});
  parameters_ = Parameterization{{"layers", std::int64_t{3}}};

  submit();
  ASSERT_TRUE(drive_until(JobState::pending));

  EXPECT_EQ(output_of("squeue -h -j " + metadata().at("job") + " -o '%C %l %k'"), "3 9:00 it's \"so\" # far\n");
}

TEST_F(RealSlurm, WhatSlurmWillNeverTakeEndsTheRunInItsWords) {
  open({"--partition=nowhere"});
  submit();

  try {
    drive_until(JobState::ended);
    FAIL() << "nothing was thrown";
  } catch (const RunnerError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nvalid partition"));
  }
}

TEST_F(RealSlurm, ANodeThatCannotRunTheProgramSaysSoAndTheTrialIsNotBlamed) {
  replace_file(folder().node_program(), "not a program", 0700);
  open();

  submit();
  ASSERT_TRUE(drive_until(JobState::ended));

  EXPECT_EQ(ending().cause, Cause::launch_failure) << ending().detail;
}

}  // namespace
}  // namespace stune
