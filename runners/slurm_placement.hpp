/// \file Submissions on their way into the queue: each is submitted exactly once, or proven never to have been.
///
///     ready --sbatch--> placed                      a job id: the watch has it
///       |                 ^
///       |--> doubtful ----|                         found by its token, or a node has claimed it
///       |       |--> absent                         not found in two good looks, and fenced
///       |--> ready                                  a trouble that passes: the same again, later
///       |--> deferred                               a submit limit, with all that is ready: the scheduler asks again
///       |--> limited --> deferred                   a limit that may be none: is anything in the queue?
///       |--> (RunnerError)                          Slurm will never take it
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runners/slurm_claims.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_pace.hpp"
#include "runners/slurm_script.hpp"
#include "runners/slurm_watch.hpp"
#include "stune/runner.hpp"

namespace stune::slurm {

inline constexpr int largest_batch = 1000;

/// All that the user's options say of this job, placeholders filled in: equal texts, equal jobs.
std::string options_text(const UserOptions& options, const Job& job);

class Placement {
 public:
  /// References outlive the placement.
  Placement(const Workplace& workplace, const ExperimentFolder& folder, const UserOptions& options,
            const Timing& timing, Pace pace, Claims& claims, Watch& watch);

  bool empty() const { return entries_.empty(); }
  int jobs() const;
  bool contains(AttemptId id) const;
  bool has_doubts() const;
  /// When next_call() has something, or never. A refusal delays all.
  TimePoint due() const;
  /// Jobs that one submission may hold, after what Slurm has said so far.
  int batch_limit(int most) const;
  bool is_held_back(TimePoint now) const { return now < takes_jobs_at(); }
  /// Jobs that come together later can share a call.
  TimePoint takes_jobs_at() const;

  /// `adopting`: an earlier process had it; it is looked for and never submitted.
  void add(Submission submission, bool adopting, TimePoint now);
  /// Of jobs not placed yet.
  void stop(AttemptId id, TimePoint now);

  /// What an earlier coordinator heard; before add().
  void remember(SubmitNotes notes, TimePoint now);
  SubmitNotes notes() const;

  /// Writes the files of the next submission and gives sbatch's arguments. Throws StorageError, and ConfigError for a
  /// placeholder without a parameter.
  std::optional<std::vector<std::string>> next_call(TimePoint now);
  /// Throws RunnerError in Slurm's words where no job of this kind will ever be taken.
  void read_sbatch(const CommandResult& result, TimePoint now);
  /// A good answer. Throws RunnerError where a submit limit cannot be one. True: something changed.
  bool read_queue(const QueueAnswer& answer, TimePoint now);

  /// Tokens that the queue does not know and accounting may.
  std::vector<std::string> questions() const;
  void read_accounting(const std::vector<AccountingRow>& rows, const std::vector<std::string>& asked, TimePoint now);
  /// Accounting cannot answer what has been asked for so long: the fence decides.
  void give_up_accounting(Seconds waited, TimePoint now);

  std::vector<JobReport> take_reports() { return std::exchange(reports_, {}); }

 private:
  enum class Stage : std::uint8_t { ready, sent, doubtful, limited };
  struct Entry {
    Submission submission;
    Stage stage = Stage::ready;
    bool adopting = false;
    int number = -1;               ///< of its folder, where that is known
    std::vector<AttemptId> tasks;  ///< of the array, in its order, where that is known; one: no array
    int round = 0;                 ///< silences before sbatch was called for it
    Search search;
    std::string refusal;    ///< or what sbatch said otherwise
    bool any_node = false;  ///< nodes that failed lately are taken, too: Slurm has no others
    bool found = false;     ///< one of its jobs at least
    bool has_trouble_with_files = false;
    bool over = false;
  };

  /// `job`: "4711", or "4700_3" for any task of an array. False: it cannot be a job of this submission.
  bool place(Entry& entry, const std::string& job, TimePoint now);
  void watch(const Entry& entry, AttemptId id, const std::string& name, TimePoint now);
  void doubt(Entry& entry, const std::string& why, TimePoint now);
  void retry(Entry& entry, TimePoint now);
  /// After a refusal that need not last.
  void hold_back(TimePoint now);
  void shrink(const Entry& entry, TimePoint now);
  /// `entry` and all that is ready, which would meet the same.
  void defer(Entry& entry, TimePoint now);
  void read_refusal(Entry& entry, const Refusal& refusal, TimePoint now);
  bool may_be_no_limit(TimePoint now);
  /// Slurm will not take it as it is: with other nodes, later, or never.
  void refuse(Entry& entry, TimePoint now);
  void deny_more(Entry& entry, Cause cause, TimePoint now);
  [[noreturn]] void give_up(const Entry& entry) const;
  /// Slurm takes jobs, and of this kind.
  void learn(const Entry& entry);
  /// Whatever more it was granted and nodes it avoids.
  std::uint64_t kind_of(const Entry& entry) const;
  TakenKind* find_kind(std::uint64_t key);
  bool look_for(Entry& entry, const std::vector<std::pair<std::string, std::string>>& named_jobs, TimePoint now);
  bool take_from_claims(Entry& entry, TimePoint now);
  /// None of its jobs was found.
  void fence_all(Entry& entry, TimePoint now);
  /// The attempt never starts, which is reported as `fenced`, or what started it is watched. False: the file system
  /// does not let us know yet.
  bool settle(Entry& entry, JobReport fenced, TimePoint now);
  void report(JobReport news);
  void drop_stopped(Entry& entry, TimePoint now);
  void clean();
  int next_folder_number();
  /// Number and tasks of an entry that an earlier coordinator submitted.
  void find_folder(Entry& entry);
  JobPlan plan_of(const Entry& entry, int number) const;
  std::vector<std::string> fill(const std::vector<std::string>& words, const Job& job) const;

  const Workplace& workplace_;
  const ExperimentFolder& folder_;
  const UserOptions& options_;
  const Timing& timing_;
  Claims& claims_;
  Watch& watch_;
  std::deque<Entry> entries_;
  std::set<AttemptId> stopped_;
  std::vector<JobReport> reports_;
  Pace pace_;
  Jitter jitter_;
  TimePoint not_before_ = TimePoint::min();
  Backoff retries_;
  std::optional<SubmitLimit> limit_;
  int array_limit_ = largest_batch;  ///< what Slurm takes as an array, as far as it has said so
  int limits_in_empty_queue_ = 0;
  std::optional<TimePoint> limited_since_;  ///< while none of our jobs is in the queue, as far as we know
  int silences_ = 0;
  std::vector<TakenKind> kinds_;
  std::map<std::string, Search> searches_;  ///< of an earlier coordinator
  struct Folder {
    int number = -1;
    std::vector<AttemptId> tasks;
  };
  std::optional<std::map<std::string, Folder>> folders_;  ///< by token: the latest of earlier coordinators
  int last_number_ = -1;
};

}  // namespace stune::slurm
