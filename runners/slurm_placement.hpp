/// \file Submissions on their way into the queue: each is submitted exactly once, or proven never to have been.
///
///     ready --sbatch--> placed                      a job id: the watch has it
///       |                 ^
///       |--> doubtful ----|                         found by its token, or a node has claimed it
///       |       |--> absent                         not found in two good looks, and fenced
///       |--> ready                                  a trouble that passes: the same again, later
///       |--> deferred                               a submit limit: the scheduler asks again
///       |--> (RunnerError)                          Slurm will never take it
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runners/slurm_options.hpp"
#include "runners/slurm_pace.hpp"
#include "runners/slurm_script.hpp"
#include "runners/slurm_watch.hpp"
#include "stune/runner.hpp"

namespace stune::slurm {

inline constexpr int largest_batch = 1000;

class Placement {
 public:
  /// References outlive the placement.
  Placement(const Workplace& workplace, const ExperimentFolder& folder, const UserOptions& options,
            const Timing& timing, Pace pace, Watch& watch);

  bool empty() const { return entries_.empty(); }
  int jobs() const;
  bool contains(AttemptId id) const;
  bool has_ready() const;
  bool has_doubts() const;
  /// When next_call() has something, or never. A refusal delays all.
  TimePoint due() const;
  /// Jobs that one submission may hold, after what Slurm has said so far.
  int batch_limit(int most) const { return std::min(most, batch_limit_); }
  bool is_held_back(TimePoint now) const { return now < takes_jobs_at(); }
  /// Jobs that come together later can share a call.
  TimePoint takes_jobs_at() const { return std::max(not_before_, pace_.due()); }

  /// `adopting`: an earlier process had it; it is looked for and never submitted.
  void add(Submission submission, bool adopting, TimePoint now);
  /// Of jobs not placed yet.
  void stop(AttemptId id);

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
  /// There is no accounting: the fence decides.
  void give_up_accounting(TimePoint now) { read_accounting({}, questions(), now); }

  std::vector<JobReport> take_reports() { return std::exchange(reports_, {}); }

 private:
  enum class Stage : std::uint8_t { ready, sent, doubtful, limited };
  struct Entry {
    Submission submission;
    Stage stage = Stage::ready;
    bool adopting = false;
    int number = -1;  ///< of its folder
    int good_looks = 0;
    TimePoint next_look{};
    std::string refusal;
    bool any_node = false;  ///< nodes that failed lately are taken, too: Slurm has no others
    bool over = false;
  };

  /// `job`: "4711", or "4700_3" for any task of an array.
  void place(Entry& entry, const std::string& job, TimePoint now);
  void watch(const Entry& entry, const Job& job, const std::string& name, TimePoint now);
  void doubt(Entry& entry, const std::string& why, TimePoint now);
  void retry(Entry& entry, const std::string& why, TimePoint now);
  void defer(Entry& entry, TimePoint now);
  /// Slurm will never take it as it is. Throws RunnerError if that is how the user wants it.
  void refuse(Entry& entry, TimePoint now);
  bool look_for(Entry& entry, const std::vector<std::pair<std::string, std::string>>& named_jobs, TimePoint now);
  bool take_from_claims(Entry& entry, TimePoint now);
  void fence_all(Entry& entry, TimePoint now);
  void report(const Job& job, JobState state, const std::string& detail);
  void drop_stopped(Entry& entry);
  void clean();
  int next_folder_number();
  /// The attempts of an array in the order of its tasks; empty if it cannot be found any more.
  std::vector<AttemptId> order_of_tasks(const std::string& token);
  JobPlan plan_of(const Entry& entry, int number) const;
  std::vector<std::string> fill(const std::vector<std::string>& words, const Job& job) const;

  const Workplace& workplace_;
  const ExperimentFolder& folder_;
  const UserOptions& options_;
  const Timing& timing_;
  Watch& watch_;
  std::deque<Entry> entries_;
  std::set<AttemptId> stopped_;
  std::vector<JobReport> reports_;
  Pace pace_;
  Jitter jitter_;
  TimePoint not_before_ = TimePoint::min();
  TimePoint last_limit_ = TimePoint::min();
  Seconds retry_delay_;
  Seconds limit_delay_;
  int batch_limit_ = largest_batch;
  int array_limit_ = largest_batch;  ///< what Slurm takes as an array, as far as it has said so
  int last_number_ = -1;
};

}  // namespace stune::slurm
