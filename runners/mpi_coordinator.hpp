/// \file Rank 0: hands trials to workers, hears how they went, and looks after what a dead worker leaves behind.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "runners/mpi_crew.hpp"
#include "runners/mpi_post.hpp"
#include "runners/mpi_watch.hpp"
#include "stune/local_runner.hpp"
#include "trial/folder.hpp"

namespace stune::mpi {

/// What MpiRunner does once it is open.
class Coordinator {
 public:
  /// Throws RunnerError where there is no worker.
  Coordinator(Post& post, const MpiOptions& options, const Workplace& workplace);
  int capacity() const;
  void submit(const std::string& token, const Job& job);
  void adopt(const std::string& token, const Job& job);
  void stop(AttemptId id);
  std::vector<JobReport> poll(TimePoint now);
  int fd() const { return epoll_.get(); }
  TimePoint next_poll() const;
  bool busy() const { return !to_adopt_.empty(); }
  bool wind_down();

 private:
  /// An attempt that is not over.
  struct Placed {
    std::string token;
    Job job;
    bool of_this_run = false;  ///< its process dies with its worker
    int finder = -1;           ///< the worker that looks for it; -1: none
    bool stop_asked = false;
    std::optional<TimePoint> given_up_at{};  ///< unless it has ended by then
    Ending if_given_up{};
  };

  bool known(AttemptId id) const { return placed_.contains(id) || over_.contains(id); }
  int leader(Crew::Worker worker) const { return 1 + static_cast<int>(worker) * together_; }
  Crew::Worker workers() const { return static_cast<Crew::Worker>((post_.size() - 1) / together_); }
  std::optional<Crew::Worker> worker_of(int rank) const;
  void await_readable(int fd);
  void open_worker(Crew::Worker worker);
  void handle(const Letter& letter, TimePoint now);
  void hear(Crew::Worker worker, const Hello& hello);
  void hear_report(AttemptId id, JobReport report, std::optional<Crew::Worker> from);
  void dispatch();
  void recall_misplaced(TimePoint now);
  void put_off(JobReport report);
  void close(AttemptId id, JobReport report);
  LocalRunner& finder();

  std::string name_of(int rank) const;
  bool is_whole(Crew::Worker worker) const;
  void hear_of_death(int rank);
  void notice_silence(TimePoint now);
  void warn_of_unseen_deaths();
  void lose(Crew::Worker worker, const std::string& why);
  void come_back(Crew::Worker worker);
  void find_again(AttemptId id);
  void route(AttemptId id, Placed& placed);
  void give_up_what_is_due(TimePoint now);
  void expect_somebody(TimePoint now);

  Post& post_;
  MpiOptions options_;
  Workplace workplace_;
  ExperimentFolder folder_;
  int together_;
  Crew crew_;
  std::unique_ptr<LocalRunner> finder_;  ///< of attempts on this node that are no worker's; once needed
  NodeWatch watch_;
  Descriptor epoll_;
  std::vector<TimePoint> heard_;  ///< by rank
  bool in_process_ = false;
  bool winding_down_ = false;
  bool advised_ = false;  ///< how others may go on after a death
  std::map<AttemptId, Placed> placed_;
  std::deque<AttemptId> waiting_;    ///< for a worker
  std::vector<AttemptId> to_adopt_;  ///< until all workers are known
  std::set<AttemptId> over_;
  std::set<AttemptId> recalled_;
  std::map<Crew::Worker, std::set<AttemptId>> left_behind_;  ///< what lost workers had and may still run
  std::set<Crew::Worker> unfit_;                             ///< said that they cannot run trials
  std::vector<JobReport> news_;
  std::string last_loss_;  ///< for people
  std::optional<TimePoint> deserted_;
  TimePoint opened_{}, active_{}, polled_{}, next_ping_{}, next_recall_{};
};

}  // namespace stune::mpi
