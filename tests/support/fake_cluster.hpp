/// \file A batch system as a value: jobs do what the test says, when it says so. It outlives the runners that talk to
/// it, as a real one outlives coordinators.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/wakeup.hpp"
#include "stune/runner.hpp"

namespace stune {

/// How a job of the fake ends by itself.
struct FakeOutcome {
  Seconds after{0};  ///< from its start
  Cause cause = Cause::completed;
  std::vector<Observation> observations{};
  int exit_code = 0;
  std::string detail{};
};

struct FakeJob {
  Job job;
  std::string token;
  JobState state = JobState::pending;
  std::optional<Ending> ending{};
  std::vector<Observation> observations{};  ///< all so far
  bool stop_asked = false;
  std::optional<FakeOutcome> outcome{};  ///< none: it runs until told
  TimePoint due{};                       ///< when the outcome comes, once running
};

/// Functions that name a job assert that the job is there.
class FakeCluster {
 public:
  /// What a job will do, asked when it starts; nothing: it runs until told.
  using Script = std::function<std::optional<FakeOutcome>(const Job&)>;

  // What the world does.
  void set_script(Script script) { script_ = std::move(script); }
  void hold_jobs(bool hold) { hold_ = hold; }                 ///< submitted jobs stay pending until start()
  void ignore_stops(bool ignore) { ignore_stops_ = ignore; }  ///< stop() is noted and nothing ends
  void refuse_next_submit(int jobs = 1) { refuse_ = jobs; }   ///< so many jobs are deferred
  void forget_next_submit(int jobs = 1) { forget_ = jobs; }   ///< so many vanish: no job, no report
  void start(AttemptId id);
  void finish(AttemptId id, Cause cause = Cause::completed, std::vector<Observation> observations = {});
  void end(AttemptId id, Ending ending, std::vector<Observation> observations = {});
  void lose(AttemptId id) { finish(id, Cause::lost); }
  void preempt(AttemptId id) { finish(id, Cause::preempted); }
  void observe(AttemptId id, std::vector<Observation> observations);  ///< partial results of a running job
  /// A stray job of the attempt tries to run: true if nothing hindered it, which must not happen.
  bool start_late(AttemptId id);

  // What has been seen.
  int starts(AttemptId id) const;  ///< never more than 1
  int total_starts() const;
  int calls_of_submit() const { return calls_; }
  const std::vector<std::string>& tokens() const { return tokens_; }  ///< of all submissions that arrived, in order
  std::vector<AttemptId> live() const;                                ///< pending or running, in order of id
  bool stop_asked(AttemptId id) const;
  const FakeJob* find(AttemptId id) const;

  // For FakeRunner.
  enum class Answer { taken, refused, fenced, forgotten };
  Answer submit(const std::string& token, const Job& job, TimePoint now);
  void count_call() { ++calls_; }
  void stop(AttemptId id);
  bool fence(AttemptId id) { return fenced_.insert(id).second; }  ///< false: it was
  void advance(TimePoint now);                                    ///< outcomes that are due happen
  TimePoint next_due() const;  ///< of an outcome; at once if there is news that poll() has not taken
  const std::map<AttemptId, FakeJob>& jobs() const { return jobs_; }
  int fd() const { return wakeup_.fd(); }
  void take_news();

 private:
  FakeJob& at(AttemptId id);
  void begin(FakeJob& job, TimePoint now);
  void tell();

  Script script_;
  bool hold_ = false;
  bool ignore_stops_ = false;
  int refuse_ = 0;
  int forget_ = 0;
  int calls_ = 0;
  bool news_ = false;
  TimePoint now_{};
  std::map<AttemptId, FakeJob> jobs_;
  std::map<AttemptId, int> starts_;
  std::set<AttemptId> fenced_;
  std::vector<std::string> tokens_;
  Wakeup wakeup_;
};

}  // namespace stune
