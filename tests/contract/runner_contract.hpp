/// \file The claims every Runner must keep. To put a runner under them: derive from RunnerUnderTest in a file of its
/// own, and instantiate RunnerContract with a factory (see local_runner_contract.cpp).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "stune/runner.hpp"

namespace stune::contract {

/// What a job's command does.
enum class Behaviour {
  succeeds,
  fails,            ///< prints "line 1" ... "line 7", then exit code 3
  waits,            ///< until tell(), then succeeds
  ignores_requests  ///< as `waits`, and shrugs SIGTERM off
};
constexpr const char* to_string(Behaviour behaviour) {
  switch (behaviour) {
    case Behaviour::succeeds:
      return "succeeds";
    case Behaviour::fails:
      return "fails";
    case Behaviour::waits:
      return "waits";
    case Behaviour::ignores_requests:
      return "ignores_requests";
  }
  return "";
}

/// A runner, the place it works in, and what a test must be able to do behind its back. One for each test.
class RunnerUnderTest {
 public:
  virtual ~RunnerUnderTest() = default;
  /// Open; new after restart().
  virtual Runner& runner() = 0;
  /// Destroys the runner and opens another one on the same place, as a coordinator does that was killed.
  virtual void restart() = 0;
  /// A job whose command behaves like this. Submit it with any token that begins with token_prefix().
  virtual Job job(AttemptId id, Behaviour behaviour);
  virtual std::string token_prefix() const { return "contract-"; }
  /// The command that waits shall end, now or as soon as it waits.
  virtual void tell(AttemptId id) = 0;
  /// How often the attempt's command has begun.
  virtual int starts(AttemptId id) = 0;
  /// What a stray job of this attempt would do when it comes late, to its end.
  virtual void start_late(const Job& job) = 0;
  virtual Clock& clock() = 0;

  // What cannot be asked of every runner.
  virtual bool proves_absence() const { return true; }  ///< else: what is adopted without metadata is lost
  virtual bool sees_exit_codes() const { return true; }
  virtual bool sees_output() const { return true; }  ///< last words of a failed command
  virtual bool can_ignore_requests() const { return true; }
  virtual Seconds patience() const { return Seconds(60); }  ///< longest wait for one thing to happen
};

struct Factory {
  std::string name;
  std::function<std::unique_ptr<RunnerUnderTest>()> make;
};
void PrintTo(const Factory& factory, std::ostream* out);

/// Drives the runner as the scheduler does, and keeps its reports.
class RunnerContract : public testing::TestWithParam<Factory> {
 protected:
  void SetUp() override { world_ = GetParam().make(); }
  void TearDown() override;

  Runner& runner() { return world_->runner(); }
  Job job(int trial, Behaviour behaviour, int attempt = 0);
  Submission submission(const Job& job);
  std::vector<Submission> submissions(const std::vector<Job>& jobs);
  void submit(const std::vector<Job>& jobs) { runner().submit(submissions(jobs)); }
  /// As the scheduler does after a restart: with the metadata that was reported last.
  void adopt(const std::vector<Job>& jobs);
  void stop(const std::vector<Job>& jobs);
  void restart();
  /// Polls until `done` or the end of patience; true if done.
  bool drive(const std::function<bool()>& done);
  bool drive_until(const std::vector<Job>& jobs, JobState state);
  /// Polls as long as the runner itself says that something is due at once.
  void drive_until_quiet();

  bool is(const Job& job, JobState state) const;
  /// The states reported of `job`, in order.
  std::vector<JobState> states(const Job& job) const;
  int count(const Job& job, JobState state) const;
  const Ending& ending(const Job& job) const;

  std::unique_ptr<RunnerUnderTest> world_;
  std::map<AttemptId, Job> jobs_;  ///< all that were submitted, to be ended in TearDown
  std::vector<JobReport> reports_;
  std::map<AttemptId, Metadata> metadata_;

 private:
  void poll();
};

}  // namespace stune::contract
