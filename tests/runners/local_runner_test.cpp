#include "stune/local_runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "runners/stray_processes.hpp"
#include "stune/error.hpp"
#include "tests/contract/script_place.hpp"
#include "trial/claim.hpp"

namespace stune {
namespace {

using contract::Behaviour;
using contract::ScriptPlace;

class LocalRunnerTest : public testing::Test {
 protected:
  LocalRunnerTest() : place_(std::filesystem::temp_directory_path()) { place_.workplace().clock = &clock_; }

  Job job(int trial, Behaviour behaviour) {
    Job job;
    job.id = {trial, 0};
    job.parameters = Parameterization{{"behaviour", std::string(to_string(behaviour))}};
    place_.prepare(job.id);
    return job;
  }
  static Submission submission(const Job& job) { return {"token-" + std::to_string(job.id.trial), {job}}; }
  void open(LocalOptions options = {}) {
    runner_ = std::make_unique<LocalRunner>(options);
    runner_->open(place_.workplace());
  }
  bool drive(const std::function<bool()>& done) {
    const TimePoint deadline = clock_.now() + std::chrono::seconds(60);
    while (true) {
      for (JobReport& report : runner_->poll(clock_.now())) reports_.push_back(std::move(report));
      if (done()) return true;
      if (clock_.now() >= deadline) return false;
      const int fd = runner_->wake_fd();
      clock_.wait({&fd, 1}, std::min(runner_->next_poll(), clock_.now() + std::chrono::milliseconds(20)));
    }
  }
  const JobReport* find(const Job& job, JobState state) const {
    const auto found = std::find_if(reports_.begin(), reports_.end(),
                                    [&](const JobReport& r) { return r.id == job.id && r.state == state; });
    return found == reports_.end() ? nullptr : &*found;
  }
  bool drive_to_end(const Job& job) {
    return drive([&] { return find(job, JobState::ended) != nullptr; });
  }
  bool drive_to_start(const Job& job) {
    return drive([&] { return place_.starts(job.id) == 1; });
  }
  AttemptFolder folder(const Job& job) { return ExperimentFolder(place_.workplace().folder).attempt(job.id); }
  pid_t node_program_of(const Job& job) { return last_start(folder(job)).value().by.process.pid; }

  SystemClock clock_;
  ScriptPlace place_;
  std::unique_ptr<LocalRunner> runner_;
  std::vector<JobReport> reports_;
};

/// Runs `work` in a process of its own that stays until it is killed; returns its id once `work` is done.
pid_t coordinator(const std::function<void()>& work) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::alarm(120);
    work();
    [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
    while (true) ::pause();
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  return pid;
}

void kill_and_reap(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

TEST_F(LocalRunnerTest, TheNextCoordinatorAdoptsWhatAKilledOneLeftRunning) {
  const Job waiting = job(0, Behaviour::waits);
  kill_and_reap(coordinator([&] {
    open();
    runner_->submit({submission(waiting)});
    drive_to_start(waiting);
  }));

  open();
  runner_->adopt({submission(waiting)});
  ASSERT_TRUE(drive([&] { return find(waiting, JobState::running) != nullptr; }));
  place_.tell(waiting.id);

  ASSERT_TRUE(drive_to_end(waiting));
  EXPECT_EQ(find(waiting, JobState::ended)->ending->cause, Cause::completed);
  EXPECT_EQ(place_.starts(waiting.id), 1);
}

TEST_F(LocalRunnerTest, AKillBetweenSpawnAndClaimStartsNothingTwice) {
  const Job good = job(0, Behaviour::succeeds);
  kill_and_reap(coordinator([&] {
    open();
    runner_->submit({submission(good)});
  }));

  open();
  runner_->adopt({submission(good)});

  ASSERT_TRUE(drive([&] { return find(good, JobState::absent) != nullptr || find(good, JobState::ended) != nullptr; }));
  EXPECT_EQ(place_.starts(good.id), find(good, JobState::ended) != nullptr ? 1 : 0);
}

TEST_F(LocalRunnerTest, TrialsThatShallDieWithTheCoordinatorDo) {
  const Job waiting = job(0, Behaviour::waits);
  kill_and_reap(coordinator([&] {
    open({.die_with_us = true});
    runner_->submit({submission(waiting)});
    drive_to_start(waiting);
  }));

  open();
  runner_->adopt({submission(waiting)});

  ASSERT_TRUE(drive_to_end(waiting));
  EXPECT_EQ(find(waiting, JobState::ended)->ending->cause, Cause::interrupted);
}

TEST_F(LocalRunnerTest, AKilledNodeProgramTakesItsCommandWithIt) {
  const Job waiting = job(0, Behaviour::waits);
  open();
  runner_->submit({submission(waiting)});
  ASSERT_TRUE(drive_to_start(waiting));

  ::kill(node_program_of(waiting), SIGKILL);

  ASSERT_TRUE(drive_to_end(waiting));
  EXPECT_EQ(find(waiting, JobState::ended)->ending->cause, Cause::lost);
  EXPECT_TRUE(processes_of(folder(waiting).path()).empty());
}

TEST_F(LocalRunnerTest, WhereTheWitnessIsKilledTooTheCommandIsFoundAndNoRestartCanCome) {
  const Job waiting = job(0, Behaviour::waits);
  open();
  runner_->submit({submission(waiting)});
  ASSERT_TRUE(drive_to_start(waiting));
  const pid_t node = node_program_of(waiting);

  for (const pid_t pid : processes_of(folder(waiting).path())) {
    const std::string name = read_file("/proc/" + std::to_string(pid) + "/comm").value_or("");
    if (pid != node && name == "stune\n") ::kill(pid, SIGKILL);
  }
  ::kill(node, SIGKILL);

  ASSERT_TRUE(drive_to_end(waiting));
  EXPECT_EQ(find(waiting, JobState::ended)->ending->cause, Cause::lost);
  EXPECT_TRUE(processes_of(folder(waiting).path()).empty());
  place_.run_node_program(waiting);
  EXPECT_EQ(place_.starts(waiting.id), 1);
}

TEST_F(LocalRunnerTest, TrialsSideBySideHaveDisjointCores) {
  cpu_set_t ours;
  ASSERT_EQ(::sched_getaffinity(0, sizeof ours, &ours), 0);
  const int cores = CPU_COUNT(&ours);
  if (cores < 2) GTEST_SKIP() << "one core only";
  open({.cpus_per_trial = cores / 2});
  const std::vector<Job> jobs = {job(0, Behaviour::waits), job(1, Behaviour::waits)};

  runner_->submit({submission(jobs[0]), submission(jobs[1])});
  ASSERT_TRUE(drive([&] { return place_.starts(jobs[0].id) + place_.starts(jobs[1].id) == 2; }));

  std::multiset<int> used;
  for (const Job& one : jobs) {
    cpu_set_t theirs;
    ASSERT_EQ(::sched_getaffinity(node_program_of(one), sizeof theirs, &theirs), 0);
    EXPECT_EQ(CPU_COUNT(&theirs), cores / 2);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &theirs)) used.insert(cpu);
    }
  }
  EXPECT_EQ(used.size(), std::set<int>(used.begin(), used.end()).size());
  for (const Job& one : jobs) place_.tell(one.id);
  EXPECT_TRUE(drive([&] { return find(jobs[0], JobState::ended) && find(jobs[1], JobState::ended); }));
}

TEST_F(LocalRunnerTest, AFullMachineDefersAndAnEndMakesRoom) {
  open({.slots = 1});
  const Job first = job(0, Behaviour::waits);
  const Job second = job(1, Behaviour::succeeds);

  runner_->submit({submission(first), submission(second)});
  ASSERT_TRUE(drive([&] { return find(second, JobState::deferred) != nullptr; }));
  EXPECT_EQ(runner_->capacity(), 0);
  place_.tell(first.id);
  ASSERT_TRUE(drive_to_end(first));
  EXPECT_EQ(runner_->capacity(), 1);
  runner_->submit({submission(second)});

  EXPECT_TRUE(drive_to_end(second));
  EXPECT_EQ(find(second, JobState::ended)->ending->cause, Cause::completed);
}

TEST_F(LocalRunnerTest, AnAttemptThatFindsNoRoomForItsFilesIsPutOffAndNothingMoreIsTakenForAWhile) {
  const Job job = this->job(0, Behaviour::succeeds);
  const std::filesystem::path trials = place_.workplace().folder / "trials";
  const std::filesystem::path aside = place_.workplace().folder / "aside";
  std::filesystem::create_directories(trials);
  std::filesystem::rename(trials, aside);
  std::filesystem::create_symlink("nowhere", trials);  // as on a full disk, no folder can be made there
  open();
  runner_->submit({submission(job)});

  ASSERT_TRUE(drive([&] { return find(job, JobState::deferred) != nullptr; }));
  EXPECT_NE(find(job, JobState::deferred)->detail.find("disk full"), std::string::npos);
  EXPECT_EQ(runner_->capacity(), 0);
  EXPECT_NE(runner_->next_poll(), TimePoint::max());

  std::filesystem::remove(trials);
  std::filesystem::rename(aside, trials);
  ASSERT_TRUE(drive([&] { return runner_->capacity() > 0; }));
  runner_->submit({submission(job)});
  ASSERT_TRUE(drive_to_end(job));
  EXPECT_EQ(find(job, JobState::ended)->ending->cause, Cause::completed);
}

TEST_F(LocalRunnerTest, AdoptedTrialsKeepTheirSlot) {
  const Job waiting = job(0, Behaviour::waits);
  open({.slots = 1});
  runner_->submit({submission(waiting)});
  ASSERT_TRUE(drive_to_start(waiting));

  open({.slots = 1});
  runner_->adopt({submission(waiting)});

  EXPECT_EQ(runner_->capacity(), 0);
  place_.tell(waiting.id);
  EXPECT_TRUE(drive_to_end(waiting));
}

TEST_F(LocalRunnerTest, MoreCoresThanThereAreAreRefusedOnOpening) {
  EXPECT_THROW(open({.cpus_per_trial = 1 << 20}), RunnerError);
}

TEST_F(LocalRunnerTest, WithoutItsNodeProgramItDoesNotOpen) {
  std::filesystem::remove(ExperimentFolder(place_.workplace().folder).node_program());

  EXPECT_THROW(open(), RunnerError);
}

TEST_F(LocalRunnerTest, AttemptsSeeNothingOfTheRankAndTheAllocationWhereTheExperimentBegan) {
  const Job shows = job(0, Behaviour::succeeds);
  Workplace& workplace = place_.workplace();
  workplace.command = {.arguments = {"/bin/sh", "-c", "env >\"$STUNE_TRIAL_DIR/env\""}};
  for (const char* const name :
       {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_JOB_ID", "TMPDIR", "CUDA_VISIBLE_DEVICES"}) {
    workplace.environment[name] = "of the past";
  }
  workplace.environment["SETTING"] = "of the user";
  open();

  runner_->submit({submission(shows)});

  ASSERT_TRUE(drive_to_end(shows));
  const std::string seen = read_file(ExperimentFolder(workplace.folder).trial(0) / "env").value_or("");
  EXPECT_THAT(seen, testing::HasSubstr("SETTING=of the user\n"));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("of the past")));
}

TEST_F(LocalRunnerTest, WhoHasMadeTheEnvironmentReadyIsTakenAtTheirWord) {
  const Job shows = job(0, Behaviour::succeeds);
  Workplace& workplace = place_.workplace();
  workplace.command = {.arguments = {"/bin/sh", "-c", "test \"$OMPI_COMM_WORLD_RANK\" = 2"}};
  workplace.environment["OMPI_COMM_WORLD_RANK"] = "2";
  open({.environment_as_given = true});

  runner_->submit({submission(shows)});

  ASSERT_TRUE(drive_to_end(shows));
  EXPECT_EQ(find(shows, JobState::ended)->ending->cause, Cause::completed);
}

TEST_F(LocalRunnerTest, MetadataNamesAttemptAndStartForTheMetrics) {
  const Job good = job(0, Behaviour::succeeds);
  open();
  runner_->submit({submission(good)});
  ASSERT_TRUE(drive_to_end(good));

  EXPECT_EQ(find(good, JobState::running)->metadata, (Metadata{{attempt_key, "0"}, {start_key, "0"}}));
}

}  // namespace
}  // namespace stune
