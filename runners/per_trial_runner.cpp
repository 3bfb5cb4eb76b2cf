#include "runners/per_trial_runner.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "base/clock.hpp"

namespace stune {
namespace {

/// Calls what the user wrote. The message of what it threw; empty if it returned.
template <class Call>
std::string message_of(Call&& call) {
  try {
    call();
    return {};
  } catch (const std::exception& e) {
    const std::string message = e.what();
    return message.empty() ? "an exception without a message" : message;
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace

void TrialRunner::stop_trial(int, const Metadata&) {}

PerTrialRunner::PerTrialRunner(std::unique_ptr<TrialRunner> trials, PerTrialOptions options)
    : trials_(std::move(trials)), options_(options), interval_(options.poll_start) {}

void PerTrialRunner::poll_with(const PerTrialOptions& options) {
  options_ = options;
  interval_ = options.poll_start;
  if (!live_.empty()) due_ = later(clock_->now(), interval_);
}

void PerTrialRunner::open(const Workplace& workplace) {
  assert(workplace.clock != nullptr);
  clock_ = workplace.clock;
}

void PerTrialRunner::submit(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      if (!known(job.id)) run(job);
    }
  }
}

void PerTrialRunner::run(const Job& job) {
  Metadata metadata;
  const std::string error = message_of([&] { metadata = trials_->run_trial(job.id.trial, job.parameters); });
  if (!error.empty()) return end(job.id, Cause::exit_code, "run_trial: " + error);
  news_.push_back({.id = job.id, .state = JobState::running, .ending = {}, .metadata = metadata});
  live_.emplace(job.id, std::move(metadata));
  ask_soon(clock_->now());
}

void PerTrialRunner::adopt(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      if (known(job.id)) continue;
      if (!job.metadata) {
        end(job.id, Cause::lost, "the coordinator died before it knew how to find this trial again");
        continue;
      }
      live_.emplace(job.id, *job.metadata);
      news_.push_back({.id = job.id, .state = JobState::running, .ending = {}});
      ask_soon(clock_->now());
    }
  }
}

void PerTrialRunner::stop(std::span<const AttemptId> ids) {
  for (const AttemptId id : ids) {
    const auto found = live_.find(id);
    if (found == live_.end()) continue;
    const std::string error = message_of([&] { trials_->stop_trial(id.trial, found->second); });
    live_.erase(found);
    if (error.empty()) {
      end(id, Cause::stopped, {});
    } else {
      end(id, Cause::exit_code, "stop_trial: " + error);
    }
  }
}

std::vector<JobReport> PerTrialRunner::poll(TimePoint now) {
  if (now >= due_) ask_all(now);
  return std::exchange(news_, {});
}

void PerTrialRunner::ask_all(TimePoint now) {
  const std::size_t before = live_.size();
  std::erase_if(live_, [&](const auto& entry) { return ask(entry.first, entry.second); });
  const bool changed = live_.size() != before;
  const Seconds longest = std::max(options_.poll_start, options_.poll_cap);
  interval_ = changed ? options_.poll_start : std::min(interval_ * options_.poll_growth, longest);
  due_ = live_.empty() ? TimePoint::max() : later(now, interval_);
}

bool PerTrialRunner::ask(AttemptId id, const Metadata& metadata) {
  TrialStatus status = TrialStatus::running;
  const std::string error = message_of([&] { status = trials_->poll_trial(id.trial, metadata); });
  if (!error.empty()) {
    end(id, Cause::exit_code, "poll_trial: " + error);
    return true;
  }
  switch (status) {
    case TrialStatus::created:
    case TrialStatus::running:
      return false;
    case TrialStatus::completed:
      end(id, Cause::completed, {});
      break;
    case TrialStatus::failed:
      end(id, Cause::exit_code, "poll_trial said failed");
      break;
    case TrialStatus::abandoned:
      end(id, Cause::cancelled, "poll_trial said abandoned");
      break;
    case TrialStatus::early_stopped:
      end(id, Cause::stopped, "poll_trial said early_stopped");
      break;
  }
  return true;
}

void PerTrialRunner::end(AttemptId id, Cause cause, std::string detail) {
  Ending ending;
  ending.cause = cause;
  ending.exit_code = cause == Cause::exit_code ? 1 : 0;
  ending.detail = std::move(detail);
  ending.ended = clock_->now();
  over_.insert(id);
  news_.push_back({.id = id, .state = JobState::ended, .ending = std::move(ending)});
}

void PerTrialRunner::ask_soon(TimePoint now) {
  interval_ = options_.poll_start;
  due_ = std::min(due_, later(now, interval_));
}

TimePoint PerTrialRunner::next_poll() const { return news_.empty() ? due_ : TimePoint::min(); }

}  // namespace stune
