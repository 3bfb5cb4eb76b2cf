#include "tests/support/fake_cluster.hpp"

#include <algorithm>
#include <cassert>

namespace stune {

FakeJob& FakeCluster::at(AttemptId id) {
  const auto found = jobs_.find(id);
  assert(found != jobs_.end() && "no such job in the fake cluster");
  return found->second;
}

const FakeJob* FakeCluster::find(AttemptId id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

void FakeCluster::begin(FakeJob& job, TimePoint now) {
  ++starts_[job.job.id];
  job.state = JobState::running;
  if (script_) job.outcome = script_(job.job);
  if (job.outcome) job.due = now + std::chrono::duration_cast<TimePoint::duration>(job.outcome->after);
}

void FakeCluster::tell() {
  news_ = true;
  wakeup_.notify();
}

void FakeCluster::take_news() {
  news_ = false;
  wakeup_.drain();
}

FakeCluster::Answer FakeCluster::submit(const std::string& token, const Job& job, TimePoint now) {
  now_ = std::max(now_, now);
  if (jobs_.contains(job.id)) return Answer::taken;
  if (refuse_ > 0) {
    --refuse_;
    return Answer::refused;
  }
  if (forget_ > 0) {
    --forget_;
    return Answer::forgotten;
  }
  if (fenced_.contains(job.id)) return Answer::fenced;
  if (std::find(tokens_.begin(), tokens_.end(), token) == tokens_.end()) tokens_.push_back(token);
  FakeJob& entry = jobs_[job.id] = FakeJob{.job = job, .token = token};
  if (!hold_) begin(entry, now_);
  tell();
  return Answer::taken;
}

void FakeCluster::start(AttemptId id) {
  FakeJob& job = at(id);
  assert(job.state == JobState::pending);
  begin(job, now_);
  tell();
}

void FakeCluster::end(AttemptId id, Ending ending, std::vector<Observation> observations) {
  FakeJob& job = at(id);
  assert(job.state != JobState::ended && "a job ends once");
  job.state = JobState::ended;
  ending.ended = now_;
  job.ending = std::move(ending);
  job.observations.insert(job.observations.end(), observations.begin(), observations.end());
  tell();
}

void FakeCluster::finish(AttemptId id, Cause cause, std::vector<Observation> observations) {
  Ending ending;
  ending.cause = cause;
  ending.exit_code = cause == Cause::exit_code ? 1 : 0;
  end(id, std::move(ending), std::move(observations));
}

void FakeCluster::observe(AttemptId id, std::vector<Observation> observations) {
  FakeJob& job = at(id);
  job.observations.insert(job.observations.end(), observations.begin(), observations.end());
  tell();
}

bool FakeCluster::start_late(AttemptId id) {
  if (fenced_.contains(id) || starts(id) > 0) return false;
  ++starts_[id];
  return true;
}

void FakeCluster::stop(AttemptId id) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second.state == JobState::ended) return;
  found->second.stop_asked = true;
  if (!ignore_stops_) finish(id, Cause::stopped);
}

void FakeCluster::advance(TimePoint now) {
  now_ = std::max(now_, now);
  for (auto& [id, job] : jobs_) {
    if (job.state != JobState::running || !job.outcome || job.due > now_) continue;
    Ending ending;
    ending.cause = job.outcome->cause;
    ending.exit_code = job.outcome->exit_code;
    ending.detail = job.outcome->detail;
    end(id, std::move(ending), job.outcome->observations);
  }
}

TimePoint FakeCluster::next_due() const {
  if (news_) return TimePoint::min();
  TimePoint due = TimePoint::max();
  for (const auto& [id, job] : jobs_) {
    if (job.state == JobState::running && job.outcome) due = std::min(due, job.due);
  }
  return due;
}

int FakeCluster::starts(AttemptId id) const {
  const auto found = starts_.find(id);
  return found == starts_.end() ? 0 : found->second;
}

int FakeCluster::total_starts() const {
  int total = 0;
  for (const auto& [id, count] : starts_) total += count;
  return total;
}

std::vector<AttemptId> FakeCluster::live() const {
  std::vector<AttemptId> ids;
  for (const auto& [id, job] : jobs_) {
    if (job.state != JobState::ended) ids.push_back(id);
  }
  return ids;
}

bool FakeCluster::stop_asked(AttemptId id) const {
  const FakeJob* job = find(id);
  return job != nullptr && job->stop_asked;
}

}  // namespace stune
