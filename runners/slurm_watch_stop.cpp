// The watch's part of ending jobs before their time.
#include <filesystem>

#include "base/log.hpp"
#include "runners/slurm_watch.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::slurm {

/// `given_up` is no longer watched, and yet it left a marker. If it came to a result by its own will, and the attempt
/// that followed it has not started and now never will, that is the trial's result. A marker without such an attempt
/// stays: the attempt may be on its way into the queue.
void Watch::take_late_evidence(AttemptId given_up, TimePoint now) {
  if (const auto end = ended_.find(given_up); end != ended_.end() && !is_infrastructure(end->second)) {
    return remove_marker(given_up);  // nothing follows it
  }
  const auto current = jobs_.upper_bound(given_up);
  if (current == jobs_.end() || current->first.trial != given_up.trial || current->second.stop_asked) return;
  WatchedJob& job = current->second;
  try {
    const auto start = claims_.last_start(given_up, now);
    const auto record = start ? read_exit_record(folder_.attempt(given_up).exit_record(start->start)) : std::nullopt;
    if (record && !ended_from_outside(*record)) {
      if (std::holds_alternative<Fenced>(claims_.fence(job.id, {}, now))) {
        log::info("trial " + to_string(given_up) + " had come to its end after all; its next attempt is not needed");
        JobReport late{job.id, JobState::ended, ending_of(*record)};
        late.ending->detail += "late evidence of attempt " + std::to_string(given_up.attempt);
        late.metadata = metadata_of(job);
        (*late.metadata)[attempt_key] = std::to_string(given_up.attempt);
        (*late.metadata)[start_key] = std::to_string(start->start);
        job.late = std::move(late);
        job.stop_asked = job.cancel_due = job.fenced = true;
      } else {
        log::info("trial " + to_string(given_up) + " had come to its end after all, too late: its next attempt runs");
      }
    }
    // Last, so that a trouble with files does not lose it. It was fenced when it was given up: no start comes later.
    remove_marker(given_up);
  } catch (const StorageError& error) {
    log::warn("trial " + to_string(given_up) + " is looked at again later: " + error.what());
  }
}

void Watch::stop(AttemptId id, TimePoint now) {
  WatchedJob& job = jobs_.at(id);
  if (job.stop_asked) return;
  job.stop_asked = job.cancel_due = true;
  try {
    job.fenced = std::holds_alternative<Fenced>(claims_.fence(id, {}, now));
  } catch (const StorageError& error) {
    log::warn("trial " + to_string(id) + " could not be fenced: " + error.what());
  }
  if (!job.fenced) examine(id, now);
}

std::vector<std::string> Watch::to_cancel() const {
  std::vector<std::string> due;
  for (const auto& [id, job] : jobs_) {
    if (job.cancel_due) due.push_back(job.job);
  }
  return due;
}

void Watch::cancelled(const std::vector<std::string>& jobs, const std::string& failure, TimePoint now) {
  for (const std::string& name : jobs) {
    WatchedJob* job = find(name);
    if (job == nullptr) continue;
    job->cancel_due = !failure.empty() && !job->fenced;
    job->cancelled = now;
    if (!job->fenced) continue;
    if (job->late) {
      by_job_.erase(job->job);
      reports_.push_back(std::move(*job->late));
      ended_.emplace(job->id, reports_.back().ending->cause);
      jobs_.erase(job->id);
      continue;
    }
    Ending ending;
    ending.cause = Cause::stopped;
    ending.detail = "it had not started";
    if (!failure.empty()) ending.detail += "; its job ends as soon as it starts, since scancel failed: " + failure;
    end(job->id, std::move(ending), -1);
  }
}

}  // namespace stune::slurm
