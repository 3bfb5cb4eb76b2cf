// The watch's part of what only accounting can tell, and of what stays open until it has.
#include <algorithm>

#include "runners/slurm_watch.hpp"

namespace stune::slurm {
namespace {

constexpr std::size_t accounting_batch = 100;

TimePoint riddle_since(const WatchedJob& job, TimePoint now) {
  return std::min(job.missing_since.value_or(now), job.over_since.value_or(now));
}

}  // namespace

Doubts Watch::doubts() const {
  Doubts doubts;
  for (const auto& [id, job] : jobs_) {
    if (job.missing_since) doubts.missing[id] = *job.missing_since;
    if (job.over_since) doubts.over[id] = *job.over_since;
  }
  return doubts;
}

std::vector<std::string> Watch::questions() const {
  std::vector<std::string> jobs;
  for (const auto& [id, job] : jobs_) {
    if (job.asks_accounting && jobs.size() < accounting_batch) jobs.push_back(job.job);
  }
  return jobs;
}

bool Watch::has_questions() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const auto& entry) { return entry.second.asks_accounting; });
}

void Watch::read_accounting(const std::vector<AccountingRow>& rows, const std::vector<std::string>& asked,
                            TimePoint now) {
  for (const std::string& name : asked) {
    WatchedJob* job = find(name);
    if (job == nullptr || !job->asks_accounting) continue;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const AccountingRow& candidate) {
      return candidate.job == name && candidate.name == job->token;
    });
    const bool found = row != rows.end();
    if (found && phase_of(row->state) == Phase::over) {
      job->testimony = Testimony{row->state, {}, row->cancelled_by, row->exit_code, row->signal, row->nodes, true};
    } else if (found && row->state != State::unknown &&
               now - riddle_since(*job, now) <
                   (job->queue_is_empty ? timing_.empty_contradiction : timing_.contradiction)) {
      continue;  // it lags behind, or the queue's answer was no answer
    } else if (!found && job->looks_missing == 0 && now - riddle_since(*job, now) < timing_.accounting) {
      continue;  // it has not heard of it yet
    } else if (job->looks_missing > 0) {
      job->gone = true;
    } else if (job->testimony) {
      job->testimony->is_last_word = true;
    }
    job->asks_accounting = false;
    if (!job->over_since) job->over_since = now;
    examine(job->id, now);
  }
}

void Watch::give_up_accounting(Seconds waited, TimePoint now) {
  std::vector<std::string> given_up;
  for (const auto& [id, job] : jobs_) {
    if (job.asks_accounting && now - riddle_since(job, now) >= waited) given_up.push_back(job.job);
  }
  read_accounting({}, given_up, now);
}

}  // namespace stune::slurm
