#include "stune/local_runner.hpp"

#include "base/clock.hpp"
#include "runners/attempt_environment.hpp"
#include "runners/local_attempts.hpp"
#include "stune/error.hpp"

namespace stune {

struct LocalRunner::Impl {
  LocalOptions options;
  std::unique_ptr<LocalAttempts> attempts;  ///< once open
};

LocalRunner::LocalRunner(LocalOptions options) : impl_(std::make_unique<Impl>()) { impl_->options = options; }
LocalRunner::~LocalRunner() = default;

std::map<std::string, std::string> LocalRunner::remembered() const {
  return {{"cpus_per_trial", std::to_string(impl_->options.cpus_per_trial)},
          {"gpus_per_trial", std::to_string(impl_->options.gpus_per_trial)}};
}

void LocalRunner::open(const Workplace& workplace) {
  Workplace ours = workplace;
  if (!impl_->options.environment_as_given) {
    ours.environment = local_environment(workplace.environment, current_environment());
  }
  impl_->attempts = std::make_unique<LocalAttempts>(ours, impl_->options);
}

int LocalRunner::capacity() const { return impl_->attempts->capacity(); }

void LocalRunner::submit(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) impl_->attempts->start(submission.token, job);
  }
}

void LocalRunner::adopt(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) impl_->attempts->adopt(job);
  }
}

void LocalRunner::stop(std::span<const AttemptId> ids) {
  for (const AttemptId id : ids) impl_->attempts->stop(id);
}

std::vector<JobReport> LocalRunner::poll(TimePoint now) { return impl_->attempts->poll(now); }

int LocalRunner::wake_fd() const { return impl_->attempts->fd(); }

TimePoint LocalRunner::next_poll() const { return impl_->attempts->next_poll(); }

}  // namespace stune
