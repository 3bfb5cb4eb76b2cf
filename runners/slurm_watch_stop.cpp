// The watch's part of ending jobs before their time.
#include "base/log.hpp"
#include "runners/slurm_watch.hpp"
#include "stune/error.hpp"

namespace stune::slurm {

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

std::vector<std::string> Watch::cancelled(const std::vector<std::string>& jobs, const std::string& failure,
                                          TimePoint now) {
  std::vector<std::string> left;
  for (const std::string& name : jobs) {
    WatchedJob* job = find(name);
    if (job == nullptr) continue;
    job->cancel_due = !failure.empty();
    job->cancelled = now;
    if (!failure.empty() && !job->cancel_fails_since) job->cancel_fails_since = now;
    if (!job->fenced) continue;
    // A fenced job can do no harm, but in the queue it takes a place, and a person would not look for it there.
    const bool given_up = !failure.empty() && now - *job->cancel_fails_since >= timing_.cancel_patience;
    if (!failure.empty() && !given_up) continue;
    Ending ending;
    ending.cause = Cause::stopped;
    ending.detail = "it had not started";
    if (given_up) {
      left.push_back(name);
      ending.detail += "; its job ends as soon as it starts, since scancel failed: " + failure;
    }
    end(job->id, std::move(ending), -1);
  }
  return left;
}

}  // namespace stune::slurm
