#include <algorithm>
#include <ostream>

#include "tests/contract/runner_contract.hpp"

namespace stune::contract {

void PrintTo(const Factory& factory, std::ostream* out) { *out << factory.name; }

Job RunnerUnderTest::job(AttemptId id, Behaviour behaviour) {
  Job job;
  job.id = id;
  job.parameters = Parameterization{{"behaviour", std::string(to_string(behaviour))}};
  return job;
}

/// Leaves nothing running behind.
void RunnerContract::TearDown() {
  std::vector<AttemptId> all;
  for (const auto& [id, job] : jobs_) {
    if (is(job, JobState::ended) || is(job, JobState::absent)) continue;
    world_->tell(id);
    all.push_back(id);
  }
  runner().stop(all);
  drive([&] {
    return std::all_of(all.begin(), all.end(), [&](AttemptId id) {
      return is(jobs_.at(id), JobState::ended) || is(jobs_.at(id), JobState::absent);
    });
  });
}

Job RunnerContract::job(int trial, Behaviour behaviour, int attempt) {
  return world_->job({trial, attempt}, behaviour);
}

Submission RunnerContract::submission(const Job& job) {
  return {world_->token_prefix() + std::to_string(job.id.trial) + "-" + std::to_string(job.id.attempt), {job}};
}

std::vector<Submission> RunnerContract::submissions(const std::vector<Job>& jobs) {
  std::vector<Submission> result;
  for (const Job& job : jobs) {
    jobs_[job.id] = job;
    result.push_back(submission(job));
  }
  return result;
}

void RunnerContract::adopt(const std::vector<Job>& jobs) {
  std::vector<Job> with_metadata = jobs;
  for (Job& job : with_metadata) {
    if (const auto found = metadata_.find(job.id); found != metadata_.end()) job.metadata = found->second;
  }
  runner().adopt(submissions(with_metadata));
}

void RunnerContract::stop(const std::vector<Job>& jobs) {
  std::vector<AttemptId> ids;
  for (const Job& job : jobs) ids.push_back(job.id);
  runner().stop(ids);
}

void RunnerContract::restart() {
  world_->restart();
  reports_.clear();
}

void RunnerContract::poll() {
  for (JobReport& report : runner().poll(world_->clock().now())) {
    if (report.metadata) metadata_[report.id] = *report.metadata;
    EXPECT_EQ(report.state == JobState::ended, report.ending.has_value());
    reports_.push_back(std::move(report));
  }
  EXPECT_GE(runner().capacity(), 0);
}

bool RunnerContract::drive(const std::function<bool()>& done) {
  const auto patience = std::chrono::duration_cast<TimePoint::duration>(world_->patience());
  const TimePoint deadline = world_->clock().now() + patience;
  poll();
  while (!done()) {
    if (world_->clock().now() >= deadline) return false;
    const int fd = runner().wake_fd();
    // Some predicates look at files that the runner need not notice.
    const TimePoint look_again = world_->clock().now() + std::chrono::milliseconds(20);
    world_->clock().wait({&fd, 1}, std::min(look_again, runner().next_poll()));
    poll();
  }
  return true;
}

bool RunnerContract::drive_until(const std::vector<Job>& jobs, JobState state) {
  return drive([&] { return std::all_of(jobs.begin(), jobs.end(), [&](const Job& job) { return is(job, state); }); });
}

void RunnerContract::drive_until_quiet() {
  drive([&] { return runner().next_poll() > world_->clock().now() && !runner().busy(); });
}

bool RunnerContract::is(const Job& job, JobState state) const { return count(job, state) > 0; }

std::vector<JobState> RunnerContract::states(const Job& job) const {
  std::vector<JobState> result;
  for (const JobReport& report : reports_) {
    if (report.id == job.id) result.push_back(report.state);
  }
  return result;
}

int RunnerContract::count(const Job& job, JobState state) const {
  const std::vector<JobState> all = states(job);
  return static_cast<int>(std::count(all.begin(), all.end(), state));
}

const Ending& RunnerContract::ending(const Job& job) const {
  static const Ending none;
  for (const JobReport& report : reports_) {
    if (report.id == job.id && report.ending) return *report.ending;
  }
  ADD_FAILURE() << "trial " << job.id.trial << " has not ended";
  return none;
}

}  // namespace stune::contract
