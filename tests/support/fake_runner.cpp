#include "tests/support/fake_runner.hpp"

#include <algorithm>
#include <utility>

#include "base/clock.hpp"
#include "stune/error.hpp"

namespace stune {

FakeRunner::FakeRunner(FakeCluster& cluster, FakeRunnerOptions options)
    : cluster_(cluster), options_(std::move(options)) {}

void FakeRunner::open(const Workplace& workplace) {
  if (!options_.open_error.empty()) throw RunnerError(options_.open_error);
  clock_ = workplace.clock;
}

TimePoint FakeRunner::now() const { return clock_ != nullptr ? clock_->now() : polled_; }

int FakeRunner::capacity() const {
  if (options_.slots == unlimited) return unlimited;
  return std::max(0, options_.slots - static_cast<int>(cluster_.live().size()));
}

void FakeRunner::submit(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    cluster_.count_call();
    for (const Job& job : submission.jobs) {
      if (told_.contains(job.id)) continue;
      switch (cluster_.submit(submission.token, job, now())) {
        case FakeCluster::Answer::taken:
          told_[job.id] = {};
          break;
        case FakeCluster::Answer::refused:
          news_.push_back({.id = job.id, .state = JobState::deferred, .ending = {}, .detail = "refused"});
          break;
        case FakeCluster::Answer::fenced:
          news_.push_back({.id = job.id, .state = JobState::absent, .ending = {}, .detail = "fenced"});
          break;
        case FakeCluster::Answer::forgotten:
          break;
      }
    }
  }
}

void FakeRunner::adopt(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      if (told_.contains(job.id)) continue;
      if (cluster_.find(job.id) != nullptr) {
        told_[job.id] = {};
      } else if (cluster_.fence(job.id)) {
        news_.push_back({.id = job.id, .state = JobState::absent, .ending = {}, .detail = "never submitted"});
      }
    }
  }
}

void FakeRunner::stop(std::span<const AttemptId> ids) {
  for (const AttemptId id : ids) {
    if (told_.contains(id)) cluster_.stop(id);
  }
}

std::vector<JobReport> FakeRunner::poll(TimePoint now) {
  polled_ = now;
  cluster_.advance(now);
  cluster_.take_news();
  std::vector<JobReport> reports = std::exchange(news_, {});
  for (auto& [id, told] : told_) {
    const FakeJob& job = *cluster_.find(id);
    if (told.state == job.state && told.observations == job.observations.size()) continue;
    JobReport report{.id = id, .state = job.state, .ending = job.ending};
    if (told.state == JobState::unknown)
      report.metadata = Metadata{{"job", "fake-" + std::to_string(id.trial) + "." + std::to_string(id.attempt)}};
    report.observations.assign(job.observations.begin() + static_cast<std::ptrdiff_t>(told.observations),
                               job.observations.end());
    reports.push_back(std::move(report));
    told = {job.state, job.observations.size()};
  }
  return reports;
}

TimePoint FakeRunner::next_poll() const {
  if (!news_.empty()) return TimePoint::min();
  return cluster_.next_due();
}

}  // namespace stune
