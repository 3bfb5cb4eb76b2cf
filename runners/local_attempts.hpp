/// \file The attempts that run on this machine: started, watched, stopped, and found again after a restart.
///
/// Every attempt runs below its node program, which leaves claim and exit record in the attempt's folder. Nothing else
/// is needed to find it again: the claim names the process.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "runners/node_program.hpp"
#include "runners/process_watch.hpp"
#include "runners/slots.hpp"
#include "stune/local_runner.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"

namespace stune {

/// One owner, one thread; nothing blocks. Files that cannot be written or read just now (full disk) are tried again for
/// half a minute; then poll() throws StorageError.
class LocalAttempts {
 public:
  /// Throws RunnerError.
  LocalAttempts(const Workplace& workplace, const LocalOptions& options);
  int capacity() const;
  void start(const std::string& token, const Job& job);
  void adopt(const Job& job);
  void stop(AttemptId id);
  std::vector<JobReport> poll(TimePoint now);
  int fd() const { return watch_.fd(); }
  TimePoint next_poll() const;

 private:
  struct Live {
    AttemptFolder folder;
    pid_t pid = 0;        ///< of the node program, once known
    bool child = false;   ///< ours, to be reaped
    bool remote = false;  ///< on another machine: only its files can be seen
    bool gone = false;    ///< the node program has ended
    bool claimed = false;
    int start = 0;
    int told_start = -1;  ///< that the last report's metadata named
    bool told_running = false;
    std::string host{};
    std::optional<int> wait_status{};
    std::optional<SlotPool::Slot> slot{};
    bool stop_asked = false;
    bool command_killed = false;
    std::optional<TimePoint> next_blow{};  ///< to one that was asked to stop
    std::optional<TimePoint> vanished{};   ///< when its node program was found killed, with processes left
    std::optional<TimePoint> storage_fails_since{};
  };

  bool known(AttemptId id) const { return live_.contains(id) || over_.contains(id); }
  TimePoint now() const;
  Task make_task_for(const Live& entry, const std::string& token, const Job& job) const;
  void hold_back();
  void take_same_slot(Live& entry);
  void node_program_ended(AttemptId id);
  void look_at(AttemptId id, TimePoint now);
  void settle(AttemptId id, Live& entry);
  void put_off(AttemptId id, Live& entry);
  void settle_started(AttemptId id, Live& entry, const Started& started);
  bool watch_process(AttemptId id, Live& entry, const ProcessIdentity& process);
  void strike(AttemptId id, Live& entry, TimePoint now);
  bool strays_remain(Live& entry, bool witness_is_done);
  void settle_vanished(AttemptId id, Live& entry);
  void conclude(AttemptId id, Live& entry, std::optional<ExitRecord> record);
  void tell_running(AttemptId id, Live& entry);
  void tell_deferred(AttemptId id, std::string why);
  void close(AttemptId id, JobReport report);
  std::optional<Metadata> new_metadata(AttemptId id, Live& entry) const;

  Workplace workplace_;
  TimePoint::duration stop_grace_;
  ExperimentFolder folder_;
  std::string host_;
  std::string boot_id_;
  NodeProgram node_program_;
  SlotPool slots_;
  ProcessWatch watch_;
  std::map<AttemptId, Live> live_;
  std::set<AttemptId> over_;               ///< reported as ended or absent
  std::map<AttemptId, TimePoint> timers_;  ///< of live attempts that a descriptor does not tell all about
  std::vector<JobReport> news_;
  TimePoint polled_{};
  TimePoint::duration hold_{};
  TimePoint hold_until_ = TimePoint::min();  ///< nothing is started before
};

}  // namespace stune
