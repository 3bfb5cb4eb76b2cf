#include "stune/mpi_runner.hpp"

#include <cassert>

#include "runners/mpi_channel.hpp"
#include "runners/mpi_coordinator.hpp"

namespace stune {

struct MpiRunner::Impl {
  MpiWorld& world;
  MpiOptions options;
  std::unique_ptr<mpi::Coordinator> coordinator;  ///< once open
};

MpiRunner::MpiRunner(MpiWorld& world, MpiOptions options) : impl_(new Impl{world, options, nullptr}) {
  assert(!world.is_worker());
}
MpiRunner::~MpiRunner() = default;

std::map<std::string, std::string> MpiRunner::remembered() const {
  const MpiOptions& options = impl_->options;
  return {{"cpus_per_trial", std::to_string(options.cpus_per_trial)},
          {"gpus_per_trial", std::to_string(options.gpus_per_trial)},
          {"ranks_per_trial", std::to_string(options.ranks_per_trial)},
          {"trial_env", options.inherit_environment ? "inherit" : "clean"}};
}

void MpiRunner::open(const Workplace& workplace) {
  impl_->coordinator = std::make_unique<mpi::Coordinator>(impl_->world.channel(), impl_->options, workplace);
}

int MpiRunner::capacity() const { return impl_->coordinator->capacity(); }

void MpiRunner::submit(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) impl_->coordinator->submit(submission.token, job);
  }
}

void MpiRunner::adopt(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) impl_->coordinator->adopt(submission.token, job);
  }
}

void MpiRunner::stop(std::span<const AttemptId> ids) {
  for (const AttemptId id : ids) impl_->coordinator->stop(id);
}

std::vector<JobReport> MpiRunner::poll(TimePoint now) { return impl_->coordinator->poll(now); }

int MpiRunner::wake_fd() const { return impl_->coordinator->fd(); }

TimePoint MpiRunner::next_poll() const { return impl_->coordinator->next_poll(); }

bool MpiRunner::busy() const { return impl_->coordinator->busy(); }

bool MpiRunner::wind_down() { return impl_->coordinator->wind_down(); }

}  // namespace stune
