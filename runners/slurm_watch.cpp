#include "runners/slurm_watch.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.hpp"
#include "base/log.hpp"
#include "runners/slurm_advice.hpp"
#include "runners/slurm_script.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::slurm {
namespace {

constexpr int looks_to_believe = 2;

/// Names of nodes and numbers that follow change all the time.
std::string_view kind_of(const std::string& reason) {
  return std::string_view(reason).substr(0, reason.find_first_of(",("));
}

std::string explained(const std::string& reason) {
  if (is_usual(reason)) return {};
  const std::string what = advice(reason);
  return what.empty() ? reason : reason + ": " + what;
}

/// `claimed` is empty where nobody knows who it was.
bool is_another_job(const std::string& claimed, const std::string& known) {
  return !claimed.empty() && !claimed.starts_with("local:") && job_in_claim(claimed) != known;
}

}  // namespace

std::string job_in_claim(const std::string& claimed) {
  const std::size_t colon = claimed.rfind(':');
  return colon == std::string::npos ? claimed : claimed.substr(colon + 1);
}

Watch::Watch(const ExperimentFolder& folder, const Timing& timing, Claims& claims, int user, bool requeue)
    : folder_(folder), timing_(timing), claims_(claims), user_(user), requeue_(requeue) {}

void Watch::add(AttemptId id, const std::string& token, const std::string& job, const std::string& submission,
                bool fresh, TimePoint now) {
  WatchedJob watched;
  watched.id = id;
  watched.token = token;
  watched.job = job;
  watched.submission = submission;
  if (const auto since = remembered_.missing.find(id); since != remembered_.missing.end()) {
    watched.looks_missing = 1;
    watched.missing_since = since->second;
  }
  if (const auto since = remembered_.over.find(id); since != remembered_.over.end()) {
    watched.looks_over = 1;
    watched.over_since = since->second;
  }
  by_job_[job] = id;
  WatchedJob& added = jobs_.insert_or_assign(id, std::move(watched)).first->second;
  if (fresh) {
    added.reported = JobState::pending;
    JobReport report{id, JobState::pending, {}};
    report.metadata = metadata_of(added);
    reports_.push_back(std::move(report));
  } else {
    examine(id, now);
  }
}

bool Watch::look_at_files(TimePoint now) {
  const std::size_t before = reports_.size();
  for (const AttemptId id : finished_attempts(folder_)) {
    if (contains(id)) {
      examine(id, now);
    } else {
      take_late_evidence(id, now);
    }
  }
  std::vector<AttemptId> others;
  for (const auto& [id, job] : jobs_) {
    if (job.over_since || !claim_seen_) others.push_back(id);
  }
  for (const AttemptId id : others) examine(id, now);
  return reports_.size() != before;
}

WatchedJob* Watch::find(const std::string& job) {
  const auto id = by_job_.find(job);
  if (id == by_job_.end()) return nullptr;
  const auto found = jobs_.find(id->second);
  return found != jobs_.end() ? &found->second : nullptr;
}

bool Watch::read_queue(const QueueAnswer& answer, Seconds interval, TimePoint now) {
  const std::size_t before = reports_.size();
  std::map<AttemptId, const QueueRow*> seen;
  for (const QueueRow& row : answer.rows) {
    const WatchedJob* job = find(row.job);
    // Job ids come round again: another name is another job.
    if (job != nullptr && job->token == row.name) seen[job->id] = &row;
  }
  std::vector<AttemptId> to_examine;
  for (auto& [id, job] : jobs_) {
    const auto row = seen.find(id);
    if (row != seen.end()) {
      see_row(job, *row->second, now);
    } else if (answer.whole) {
      job.queue_is_empty = answer.rows.empty();
      miss(job, interval, now);
    }
    if (job.over_since || job.has_record) to_examine.push_back(id);
  }
  for (const AttemptId id : to_examine) examine(id, now);
  return reports_.size() != before;
}

void Watch::see_row(WatchedJob& job, const QueueRow& row, TimePoint now) {
  job.looks_missing = 0;
  job.missing_since.reset();
  job.gone = false;
  const Phase phase = phase_of(row.state);
  const bool settled = job.testimony && job.testimony->is_last_word && job.testimony->state == row.state;
  if (!settled) job.testimony = Testimony{row.state, row.reason, {}, 0, 0, row.nodes, false};
  if (phase == Phase::over) {
    ++job.looks_over;
    if (!job.over_since) job.over_since = now;
    return;
  }
  job.looks_over = 0;
  job.over_since.reset();
  job.asks_accounting = false;
  if (phase == Phase::running) report_running(job);
  if (phase == Phase::waiting) see_waiting(job, is_usual(row.reason) ? "" : row.reason, now);
  if (phase != Phase::waiting) job.looks_waiting = 0;
  const bool survived = job.cancelled && now - *job.cancelled >= timing_.look;
  if (job.stop_asked && survived && phase != Phase::unknown) job.cancel_due = true;
}

void Watch::see_waiting(WatchedJob& job, const std::string& reason, TimePoint now) {
  if (job.reported > JobState::pending) {
    // Once, it may have started since the queue was asked; twice, it was put back into the queue.
    if (++job.looks_waiting < looks_to_believe) return;
    try {
      const auto last = claims_.last_start(job.id, now);
      job.starts_over = last ? last->start + 1 : 0;
    } catch (const StorageError&) {
      return;
    }
  }
  const bool news = job.reported != JobState::pending || kind_of(reason) != kind_of(job.reason);
  job.reported = JobState::pending;
  job.reason = reason;
  if (news) reports_.push_back({job.id, JobState::pending, {}, metadata_of(job), {}, explained(reason)});
}

/// Another job than the one that is watched has claimed the attempt: an earlier call of sbatch had arrived after all,
/// or the job was given another id. What is watched from now on is the one that runs.
void Watch::follow(WatchedJob& job, const std::string& claimed) {
  by_job_.erase(job.job);
  job.job = job_in_claim(claimed);
  by_job_[job.job] = job.id;
  job.testimony.reset();
  job.over_since.reset();
  job.missing_since.reset();
  job.gone = job.has_record = job.asks_accounting = false;
  job.looks_over = job.looks_missing = 0;
}

void Watch::miss(WatchedJob& job, Seconds interval, TimePoint now) {
  ++job.looks_missing;
  if (!job.missing_since) job.missing_since = now;
  // A record proves that it ended; what is asked is only how.
  const bool long_enough = now - *job.missing_since >= std::max(timing_.vanish, 2 * interval);
  if (job.has_record || (job.looks_missing >= looks_to_believe && long_enough)) job.asks_accounting = true;
}

bool Watch::may_come_back(const WatchedJob& job) const {
  return requeue_ && !job.gone && job.testimony && !job.testimony->is_last_word && job.looks_over < looks_to_believe;
}

bool Watch::examine(AttemptId id, TimePoint now) {
  WatchedJob& job = jobs_.at(id);
  const AttemptFolder attempt = folder_.attempt(id);
  try {
    const auto start = claims_.last_start(id, now);
    Situation situation;
    situation.started = start.has_value();
    if (start && is_another_job(start->by.job, job.job)) {
      follow(job, start->by.job);
      job.reported = JobState::running;
      reports_.push_back({id, JobState::running, {}, metadata_of(job)});
    }
    if (start) {
      situation.host = start->by.host;
      situation.nodes = start->by.nodes;
      situation.record = read_exit_record(attempt.exit_record(start->start));
    }
    job.has_record = situation.record.has_value();
    situation.slurm = job.testimony;
    situation.gone = job.gone;
    situation.grace_over = job.over_since && now - *job.over_since >= timing_.grace;
    // After a restart the log tells of earlier starts, too.
    if (job.over_since && start && start->start == 0) situation.logged = cause_in_log(slurms_words(job, 20));
    situation.stop_asked = job.stop_asked;
    situation.user = user_;
    if (start) {
      claim_seen_ = true;
      if (start->start >= job.starts_over) report_running(job);
    }
    Verdict verdict = judge(situation);
    if (const auto* wait = std::get_if<Wait>(&verdict)) {
      if (wait->ask_accounting) job.asks_accounting = true;
      if (situation.record && !job.over_since) wants_look_ = true;
      return false;
    }
    return conclude(job, situation, start ? start->start : -1, std::get<Ending>(std::move(verdict)), now);
  } catch (const StorageError& error) {
    log::warn("trial " + to_string(id) + " is looked at again later: " + error.what());
    return false;
  }
}

bool Watch::conclude(WatchedJob& job, const Situation& situation, int start, Ending ending, TimePoint now) {
  if (!situation.record || ended_from_outside(*situation.record)) {
    if (may_come_back(job)) return false;
    const auto fenced = claims_.fence(job.id, start >= 0 ? std::optional(start) : std::nullopt, now);
    if (const auto* later_start = std::get_if<Started>(&fenced)) {
      // The same job, perhaps, started again: all that was known of it is out of date.
      follow(job, later_start->by.job.empty() ? job.job : later_start->by.job);
      return false;
    }
  }
  if (ending.cause != Cause::completed && ending.cause != Cause::stopped) {
    const std::string words = last_words(job, situation);
    if (!words.empty()) ending.detail += (ending.detail.empty() ? "" : "\n") + words;
  }
  end(job.id, std::move(ending), start);
  return true;
}

void Watch::report_running(WatchedJob& job) {
  if (job.reported >= JobState::running) return;
  job.reported = JobState::running;
  JobReport report{job.id, JobState::running, {}};
  reports_.push_back(std::move(report));
}

void Watch::end(AttemptId id, Ending ending, int start) {
  const auto found = jobs_.find(id);
  if (auto& late = found->second.late) {
    remove_marker({id.trial, std::atoi(late->metadata->at(attempt_key).c_str())});
    reports_.push_back(std::move(*late));
  } else {
    JobReport report{id, JobState::ended, std::move(ending)};
    report.metadata = metadata_of(found->second);
    if (start >= 0) (*report.metadata)[start_key] = std::to_string(start);
    reports_.push_back(std::move(report));
  }
  by_job_.erase(found->second.job);
  jobs_.erase(found);
  ended_.emplace(id, reports_.back().ending->cause);
  remove_marker(id);
}

void Watch::remove_marker(AttemptId id) const {
  std::error_code ignored;
  std::filesystem::remove(folder_.done_marker(id), ignored);
}

Metadata Watch::metadata_of(const WatchedJob& job) const {
  Metadata metadata{{job_key, job.job}, {attempt_key, std::to_string(job.id.attempt)}};
  if (!job.submission.empty()) metadata[submission_key] = job.submission;
  if (job.reported == JobState::pending && !job.reason.empty()) metadata[reason_key] = job.reason;
  return metadata;
}

/// In the job's own log.
std::string Watch::slurms_words(const WatchedJob& job, int lines) const {
  if (job.submission.empty()) return {};
  return last_lines(job_log(folder_.submission(std::atoi(job.submission.c_str())), job.job), lines);
}

/// Of the command; without a record also of Slurm, which says there why it ended the job, and of the job script.
std::string Watch::last_words(const WatchedJob& job, const Situation& situation) const {
  std::string words = last_lines(folder_.attempt(job.id).output(), 5);
  if (situation.record) return words;
  const std::string slurms = slurms_words(job, 3);
  return words + (words.empty() || slurms.empty() ? "" : "\n") + slurms;
}

}  // namespace stune::slurm
