#include "runners/local_attempts.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "runners/local_verdict.hpp"
#include "runners/stray_processes.hpp"
#include "stune/error.hpp"
#include "trial/task.hpp"

namespace stune {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds record_grace{
    5000};  ///< from the command's SIGKILL to that of the node program, which may write a record
constexpr milliseconds process_interval{50};     ///< between looks at processes that have no descriptor
constexpr milliseconds witness_grace{3000};      ///< for the witness of a killed node program to write the record
constexpr milliseconds stray_interval{100};      ///< between looks at what a killed node program left behind
constexpr milliseconds stray_patience{30000};    ///< then they are left alone (uninterruptible sleep)
constexpr milliseconds remote_interval{5000};    ///< between looks for the record of an attempt on another machine
constexpr milliseconds storage_interval{1000};   ///< before files are tried again
constexpr milliseconds storage_patience{30000};  ///< then a full disk is not about to pass: the run ends and says so
constexpr milliseconds shortest_hold{500};       ///< after an attempt could not be started
constexpr milliseconds longest_hold{30000};
constexpr int last_words = 5;  ///< lines of output that go with a failure

std::optional<int> told_start_of(const std::optional<Metadata>& metadata) {
  if (!metadata || !metadata->contains(start_key) || !metadata->contains(attempt_key)) return std::nullopt;
  return std::atoi(metadata->at(start_key).c_str());
}

/// The node program was killed: what it can still say is second-hand, and processes may have outlived it.
bool is_whole(const ExitRecord& record) { return record.error.empty() || !record.launched; }

}  // namespace

LocalAttempts::LocalAttempts(const Workplace& workplace, const LocalOptions& options)
    : workplace_(workplace),
      stop_grace_(std::chrono::duration_cast<TimePoint::duration>(options.stop_grace)),
      folder_(workplace.folder),
      host_(host_name()),
      node_program_(workplace, options.die_with_us) {
  assert(workplace_.clock != nullptr);
  if (const auto self = identify(::getpid())) boot_id_ = self->boot_id;
  Environment visible = current_environment();
  visible.insert(workplace_.environment.begin(), workplace_.environment.end());
  slots_ = SlotPool(share_out(
      machine_share(visible),
      {.slots = options.slots, .cpus_per_trial = options.cpus_per_trial, .gpus_per_trial = options.gpus_per_trial}));
}

TimePoint LocalAttempts::now() const { return workplace_.clock->now(); }

int LocalAttempts::capacity() const {
  if (now() < hold_until_) return 0;
  return slots_.limited() ? slots_.free() : unlimited;
}

void LocalAttempts::start(const std::string& token, const Job& job) {
  if (known(job.id)) return;
  Live entry{.folder = folder_.attempt(job.id)};
  if (slots_.limited()) {
    entry.slot = slots_.take();
    if (!entry.slot) return tell_deferred(job.id, "all slots of this machine are taken");
  }
  if (const int error = node_program_.start(make_task_for(entry, token, job), entry.pid)) {
    const std::string why = "cannot run " + node_program_.path() + ": " + std::strerror(error);
    if (!may_pass(error)) throw RunnerError(why);
    if (entry.slot) slots_.give_back(*entry.slot);
    hold_back();
    return tell_deferred(job.id, why);
  }
  entry.child = true;
  entry.host = host_;
  watch_.add(job.id, entry.pid);
  tell_running(job.id, entry);
  live_.emplace(job.id, std::move(entry));
}

Task LocalAttempts::make_task_for(const Live& entry, const std::string& token, const Job& job) const {
  Task task = make_task(workplace_, token, job, false);
  if (entry.slot) {
    const Share& share = slots_.share(*entry.slot);
    task.cpus = share.cpus;
    for (auto& [name, value] : share_environment(share, workplace_.environment)) task.environment[name] = value;
  }
  return task;
}

/// What is short now may be there later: no new attempts for a while, which grows until one begins.
void LocalAttempts::hold_back() {
  hold_ = std::clamp<TimePoint::duration>(2 * hold_, shortest_hold, longest_hold);
  hold_until_ = now() + hold_;
}

void LocalAttempts::adopt(const Job& job) {
  if (known(job.id)) return;
  Live entry{.folder = folder_.attempt(job.id)};
  entry.told_start = told_start_of(job.metadata).value_or(-1);
  entry.gone = true;  // as far as we know
  live_.emplace(job.id, std::move(entry));
  look_at(job.id, now());
}

void LocalAttempts::stop(AttemptId id) {
  const auto found = live_.find(id);
  if (found == live_.end() || found->second.stop_asked) return;
  Live& entry = found->second;
  entry.stop_asked = true;
  if (!entry.gone) {
    watch_.signal(id, SIGTERM);
    entry.next_blow = now() + stop_grace_;
  }
  timers_[id] = entry.next_blow.value_or(now());
}

std::vector<JobReport> LocalAttempts::poll(TimePoint now) {
  polled_ = now;
  for (const AttemptId id : watch_.ended()) node_program_ended(id);
  std::vector<AttemptId> due;
  for (const auto& [id, at] : timers_) {
    if (at <= now) due.push_back(id);
  }
  for (const AttemptId id : due) look_at(id, now);
  return std::exchange(news_, {});
}

TimePoint LocalAttempts::next_poll() const {
  if (!news_.empty()) return TimePoint::min();
  TimePoint next = watch_.needs_timer() ? polled_ + process_interval : TimePoint::max();
  for (const auto& [id, at] : timers_) next = std::min(next, at);
  if (hold_until_ > polled_) next = std::min(next, hold_until_);
  return next;
}

void LocalAttempts::node_program_ended(AttemptId id) {
  Live& entry = live_.at(id);
  entry.gone = true;
  entry.next_blow.reset();
  int status = 0;
  if (entry.child && ::waitpid(entry.pid, &status, WNOHANG) == entry.pid) entry.wait_status = status;
  look_at(id, polled_);
}

/// Does what is due for one attempt. What cannot be written or read now is done again later, but not for ever: nobody
/// would learn of a full disk that no journal entry happens to meet. The attempt is adopted by the next coordinator.
void LocalAttempts::look_at(AttemptId id, TimePoint now) {
  timers_.erase(id);
  Live& entry = live_.at(id);
  try {
    if (entry.gone) {
      if (auto record = read_exit_record(entry.folder.exit_record(entry.start)); record && is_whole(*record)) {
        entry.claimed = true;
        hold_ = {};
        conclude(id, entry, std::move(record));
      } else {
        settle(id, entry);
      }
    } else if (entry.next_blow) {
      strike(id, entry, now);
    }
  } catch (const StorageError&) {
    if (!entry.storage_fails_since) entry.storage_fails_since = now;
    if (now - *entry.storage_fails_since >= storage_patience) throw;
    timers_[id] = now + storage_interval;
    return;
  }
  if (const auto still = live_.find(id); still != live_.end()) still->second.storage_fails_since.reset();
}

/// The command first, so that the node program can still say how it ended.
void LocalAttempts::strike(AttemptId id, Live& entry, TimePoint now) {
  if (now >= *entry.next_blow) {
    if (entry.command_killed) {
      watch_.signal(id, SIGKILL);
    } else {
      kill_processes_of(entry.folder.path(), entry.pid);
    }
    entry.command_killed = true;
    entry.next_blow = now + record_grace;
  }
  timers_[id] = *entry.next_blow;
}

/// There is no whole exit record of the start we know of, and no process that we watch.
void LocalAttempts::settle(AttemptId id, Live& entry) {
  if (const auto started = last_start(entry.folder)) return settle_started(id, entry, *started);
  if (entry.wait_status && failed_on_storage(*entry.wait_status) && !entry.stop_asked) return put_off(id, entry);
  const bool was_fenced = std::filesystem::exists(entry.folder.claim(0));
  const auto fenced = fence(entry.folder);
  if (const auto* started = std::get_if<Started>(&fenced)) return settle_started(id, entry, *started);
  if (entry.child && !was_fenced) return conclude(id, entry, std::nullopt);
  close(id, {.id = id, .state = JobState::absent, .ending = {}, .detail = "it never started"});
}

/// Nobody claimed it, and the process that would have is gone: it can be started again.
void LocalAttempts::put_off(AttemptId id, Live& entry) {
  if (entry.slot) slots_.give_back(*entry.slot);
  const std::string why = "cannot write below " + entry.folder.path().string() + " (disk full? quota?)";
  live_.erase(id);
  hold_back();
  tell_deferred(id, why);
}

void LocalAttempts::settle_started(AttemptId id, Live& entry, const Started& started) {
  const ProcessIdentity& process = started.by.process;
  entry.claimed = true;
  hold_ = {};
  entry.start = started.start;
  entry.host = started.by.host;
  entry.remote = process.boot_id != boot_id_ && started.by.host != host_;
  // The process first: it ends after it has written its record.
  const bool alive = !entry.remote && watch_process(id, entry, process);
  if (alive) return tell_running(id, entry);
  auto record = read_exit_record(entry.folder.exit_record(entry.start));
  if (record && is_whole(*record)) return conclude(id, entry, std::move(record));
  if (entry.remote && !record && !entry.stop_asked) {
    timers_[id] = now() + remote_interval;
    return tell_running(id, entry);
  }
  if (!entry.remote && strays_remain(entry, record.has_value())) {
    timers_[id] = now() + stray_interval;
    return;
  }
  settle_vanished(id, entry);
}

/// False if exactly this process does not live any more.
bool LocalAttempts::watch_process(AttemptId id, Live& entry, const ProcessIdentity& process) {
  if (!is_alive(process)) return false;
  watch_.add(id, process.pid);
  if (!is_alive(process)) {  // what is watched now may be a later process with its pid
    watch_.remove(id);
    return false;
  }
  if (!entry.slot) take_same_slot(entry);
  entry.child = entry.child && entry.pid == process.pid;
  entry.pid = process.pid;
  entry.gone = false;
  if (entry.stop_asked) {
    watch_.signal(id, SIGTERM);
    entry.next_blow = now() + stop_grace_;
    timers_[id] = *entry.next_blow;
  }
  return true;
}

void LocalAttempts::take_same_slot(Live& entry) {
  if (!slots_.limited()) return;
  const Task task = read_task(entry.folder.task());
  entry.slot = slots_.take({.cpus = task.cpus, .gpus = find_gpus(task.environment, {})});
  if (!entry.slot) entry.slot = slots_.take();
}

/// The node program was killed. Its witness, if that lives, ends the command and writes the record; then it is our
/// turn.
bool LocalAttempts::strays_remain(Live& entry, bool witness_is_done) {
  if (processes_of(entry.folder.path()).empty()) return false;
  if (!entry.vanished) entry.vanished = now();
  const auto elapsed = now() - *entry.vanished;
  if (elapsed >= stray_patience) return false;
  if (witness_is_done || elapsed >= witness_grace) kill_processes_of(entry.folder.path());
  return true;
}

/// Nothing runs any more, and no restart may begin.
void LocalAttempts::settle_vanished(AttemptId id, Live& entry) {
  auto record = read_exit_record(entry.folder.exit_record(entry.start));
  const auto fenced = fence_after(entry.folder, entry.start);
  if (const auto* later = std::get_if<Started>(&fenced)) return settle_started(id, entry, *later);
  conclude(id, entry, std::move(record));
}

void LocalAttempts::conclude(AttemptId id, Live& entry, std::optional<ExitRecord> record) {
  LocalEvidence evidence{.record = std::move(record),
                         .stop_asked = entry.stop_asked,
                         .claimed = entry.claimed,
                         .wait_status = entry.wait_status,
                         .host = entry.host,
                         .output = {}};
  Ending ending = local_ending(evidence);
  if (wants_last_words(ending.cause)) {
    evidence.output = last_lines(entry.folder.output(), last_words);
    ending = local_ending(evidence);
  }
  close(id, {.id = id,
             .state = JobState::ended,
             .ending = std::move(ending),
             .metadata = entry.claimed ? new_metadata(id, entry) : std::nullopt});
}

void LocalAttempts::close(AttemptId id, JobReport report) {
  const auto found = live_.find(id);
  if (found->second.slot) slots_.give_back(*found->second.slot);
  live_.erase(found);
  timers_.erase(id);
  over_.insert(id);
  news_.push_back(std::move(report));
}

std::optional<Metadata> LocalAttempts::new_metadata(AttemptId id, Live& entry) const {
  if (entry.told_start == entry.start) return std::nullopt;
  entry.told_start = entry.start;
  return Metadata{{attempt_key, std::to_string(id.attempt)}, {start_key, std::to_string(entry.start)}};
}

void LocalAttempts::tell_running(AttemptId id, Live& entry) {
  if (entry.told_running && entry.told_start == entry.start) return;
  entry.told_running = true;
  std::string detail;
  if (entry.remote) detail = "it runs on " + entry.host + "; only its files can be seen from " + host_;
  news_.push_back({.id = id,
                   .state = JobState::running,
                   .ending = {},
                   .metadata = new_metadata(id, entry),
                   .detail = std::move(detail)});
}

void LocalAttempts::tell_deferred(AttemptId id, std::string why) {
  news_.push_back({.id = id, .state = JobState::deferred, .ending = {}, .detail = std::move(why)});
}

}  // namespace stune
