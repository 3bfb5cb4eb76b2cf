/// \file The jobs that Slurm took, until each has ended: evidence from files, queue and accounting goes in, reports
/// come out. Asks Slurm nothing itself.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "runners/slurm_claims.hpp"
#include "runners/slurm_notes.hpp"
#include "runners/slurm_parse.hpp"
#include "runners/slurm_timing.hpp"
#include "runners/slurm_verdict.hpp"
#include "trial/folder.hpp"

namespace stune::slurm {

struct WatchedJob {
  AttemptId id;
  std::string token;
  std::string job;           ///< as in QueueRow
  std::string submission{};  ///< number of its submission's folder, where known
  JobState reported = JobState::unknown;
  std::string reason;  ///< why it is pending, as last reported
  std::optional<Testimony> testimony;
  int looks_waiting = 0;                  ///< looks in a row that saw it wait although it had started
  int starts_over = 0;                    ///< starts before it was put back into the queue
  int looks_over = 0;                     ///< looks in a row that saw it over
  std::optional<TimePoint> over_since{};  ///< over, or gone
  int looks_missing = 0;                  ///< good looks in a row that did not see it
  std::optional<TimePoint> missing_since{};
  bool queue_is_empty = false;  ///< nor did the last of them show any other job
  bool has_record = false;
  bool gone = false;
  bool asks_accounting = false;
  bool stop_asked = false;
  bool fenced = false;  ///< by a stop: it never started and never will
  bool cancel_due = false;
  std::optional<TimePoint> cancelled{};
  std::optional<TimePoint> cancel_fails_since{};
  std::optional<JobReport> late{};  ///< an earlier attempt has ended after all: to be reported once this one is gone
};

class Watch {
 public:
  /// `user` is our user id; `requeue`: Slurm may start a job again by itself. References outlive the watch.
  Watch(const ExperimentFolder& folder, const Timing& timing, Claims& claims, int user, bool requeue);

  bool empty() const { return jobs_.empty(); }
  std::size_t size() const { return jobs_.size(); }
  bool contains(AttemptId id) const { return jobs_.contains(id); }
  /// It was watched and its end was reported.
  bool has_ended(AttemptId id) const { return ended_.contains(id); }
  /// Some node has claimed an attempt: what is submitted can run.
  bool has_seen_a_claim() const { return claim_seen_; }

  /// A job that exists or existed. `fresh`: sbatch has just named it, so it is reported as pending.
  void add(AttemptId id, const std::string& token, const std::string& job, const std::string& submission, bool fresh,
           TimePoint now);

  /// Looks at what the job left behind and judges. True: it ended, and is watched no longer.
  bool examine(AttemptId id, TimePoint now);
  /// One readdir, and a few small files for each job with news. True: there was news.
  bool look_at_files(TimePoint now);
  /// `interval` is the present one between two looks. True: something changed.
  bool read_queue(const QueueAnswer& answer, Seconds interval, TimePoint now);

  /// True once after a job has ended and only the queue can tell how.
  bool take_wish_for_a_look() { return std::exchange(wants_look_, false); }

  /// Jobs that only accounting can tell about, at most 100.
  std::vector<std::string> questions() const;
  bool has_questions() const;
  void read_accounting(const std::vector<AccountingRow>& rows, const std::vector<std::string>& asked, TimePoint now);
  /// Accounting cannot answer what is a riddle for so long: it is answered with what is known.
  void give_up_accounting(Seconds waited, TimePoint now);

  void stop(AttemptId id, TimePoint now);
  std::vector<std::string> to_cancel() const;
  /// scancel took the jobs, or refused them with these words. Gives those that are not cancelled again, although they
  /// may be in the queue: they never start, and have been tried for long enough.
  std::vector<std::string> cancelled(const std::vector<std::string>& jobs, const std::string& failure, TimePoint now);

  /// What an earlier coordinator knew; its doubts count for jobs that are added from now on.
  void remember(Doubts doubts, bool claim_seen) {
    remembered_ = std::move(doubts);
    claim_seen_ = claim_seen;
  }
  Doubts doubts() const;

  /// All since the last call.
  std::vector<JobReport> take_reports() { return std::exchange(reports_, {}); }

 private:
  using Jobs = std::map<AttemptId, WatchedJob>;

  WatchedJob* find(const std::string& job);
  void take_late_evidence(AttemptId given_up, TimePoint now);
  void tell_late(const std::pair<const AttemptId, Cause>& verdict, const ExitRecord& record, bool final);
  void remove_marker(AttemptId id) const;
  bool conclude(WatchedJob& job, const Situation& situation, int start, Ending ending, TimePoint now);
  bool may_come_back(const WatchedJob& job) const;
  void see_row(WatchedJob& job, const QueueRow& row, TimePoint now);
  void see_waiting(WatchedJob& job, const std::string& reason, TimePoint now);
  void follow(WatchedJob& job, const std::string& claimed);
  void miss(WatchedJob& job, Seconds interval, TimePoint now);
  void report_running(WatchedJob& job);
  void end(AttemptId id, Ending ending, int start);
  Metadata metadata_of(const WatchedJob& job) const;
  std::string last_words(const WatchedJob& job, const Situation& situation) const;
  std::string slurms_words(const WatchedJob& job, int lines) const;

  const ExperimentFolder& folder_;
  const Timing& timing_;
  Claims& claims_;
  int user_;
  bool requeue_;
  bool claim_seen_ = false;
  bool wants_look_ = false;
  Jobs jobs_;
  Doubts remembered_;
  std::map<AttemptId, Cause> ended_;
  std::set<AttemptId> told_late_;
  std::unordered_map<std::string, AttemptId> by_job_;
  std::vector<JobReport> reports_;
};

/// What SlurmRunner reports with a job, beside the keys of trial/folder.hpp.
inline constexpr const char* job_key = "job";
inline constexpr const char* reason_key = "reason";  ///< why it is pending, deferred or absent, where that is not usual

/// "4711" of a claimant's "cluster:4711".
std::string job_in_claim(const std::string& claimed);

}  // namespace stune::slurm
