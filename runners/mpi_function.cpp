#include "runners/mpi_function.hpp"

#include <poll.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/clock.hpp"
#include "base/processors.hpp"

namespace stune::mpi {
namespace {

TimePoint now() { return SystemClock().now(); }

}  // namespace

/// One trial as the function sees it.
class FunctionRunner::Call : public MpiTrial {
 public:
  Call(FunctionRunner& runner, AttemptId id, bool leads) : runner_(runner), id_(id), leads_(leads) {
    runner_.current_ = this;
  }
  ~Call() override { runner_.current_ = nullptr; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  AttemptId id() const override { return id_; }
  void report(const std::string& metric, std::int64_t step, double mean, double sem) override {
    if (leads_) {
      Observation observation{metric, step, mean, sem};
      if (step == final_step) {
        finals_.push_back(observation);
      } else {
        observation.at = now();
        runner_.news_.push_back({.id = id_, .state = JobState::running, .ending = {}, .observations = {observation}});
      }
    }
    runner_.team_.attend();
  }
  bool stop_asked() override {
    runner_.team_.attend();
    heard_ = heard_ || stop_;
    return stop_;
  }
  int communicator() const override { return runner_.team_.communicator; }

  void ask_to_stop() { stop_ = true; }
  bool heard() const { return heard_; }
  /// The message of what it threw; empty if it returned.
  std::string run(const MpiFunction& function, const Parameterization& parameters) {
    try {
      for (const auto& [metric, value] : function(parameters, *this)) {
        const bool told = std::ranges::any_of(finals_, [&m = metric](const auto& o) { return o.metric == m; });
        if (!told) finals_.push_back({.metric = metric, .mean = value});
      }
      return {};
    } catch (const std::exception& e) {
      const std::string message = e.what();
      return message.empty() ? "an exception without a message" : message;
    } catch (...) {
      return "an exception that is no std::exception";
    }
  }
  std::vector<Observation> finals() { return std::move(finals_); }

 private:
  FunctionRunner& runner_;
  AttemptId id_;
  bool leads_;
  bool stop_ = false;
  bool heard_ = false;
  std::vector<Observation> finals_;
};

void FunctionRunner::submit(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) evaluate(job);
  }
}

void FunctionRunner::evaluate(const Job& job) {
  Ending ending;
  ending.host = host_name();
  ending.started = now();
  const double cpu_before = cpu_seconds();
  parts_ = 1;
  part_error_.clear();
  for (int rank = team_.first + 1; rank < team_.first + team_.count; ++rank) team_.channel->send(rank, Evaluate{job});
  news_.push_back({.id = job.id, .state = JobState::running, .ending = {}, .metadata = Metadata{}});
  Call call(*this, job.id, true);
  team_.attend();
  std::string error = call.run(function_, job.parameters);
  if (const std::string others = await_team(); error.empty()) error = others;
  ending.ended = now();
  ending.cpu_seconds = cpu_seconds() - cpu_before;
  ending.cause = call.heard() ? Cause::stopped : error.empty() ? Cause::completed : Cause::exit_code;
  ending.exit_code = ending.cause == Cause::exit_code ? 1 : 0;
  ending.detail = error;
  news_.push_back({.id = job.id,
                   .state = JobState::ended,
                   .ending = std::move(ending),
                   .metadata = {},
                   .observations = call.finals()});
}

/// Looks for messages more and more seldom: the others may need long. The dead have no part.
std::string FunctionRunner::await_team() {
  const auto one_is_dead = [this] {
    for (int rank = team_.first + 1; rank < team_.first + team_.count; ++rank) {
      if (team_.channel->is_given_up(rank)) return true;
    }
    return false;
  };
  for (int pause_us = 20; parts_ < team_.count; pause_us = std::min(2 * pause_us, 2000)) {
    if (one_is_dead()) return "a rank of the trial has died";
    const timespec pause{0, pause_us * 1000};
    ::ppoll(nullptr, 0, &pause, nullptr);
    team_.attend();
  }
  return std::exchange(part_error_, {});
}

void FunctionRunner::assist(const Job& job) {
  Call call(*this, job.id, false);
  team_.channel->send(team_.first, Evaluated{job.id, call.run(function_, job.parameters)});
}

void FunctionRunner::assisted(const Evaluated& part) {
  ++parts_;
  if (part_error_.empty()) part_error_ = part.error;
}

void FunctionRunner::adopt(std::vector<Submission> submissions) {
  for (const Submission& submission : submissions) {
    for (const Job& job : submission.jobs) {
      news_.push_back({.id = job.id, .state = JobState::absent, .ending = {}, .detail = "it never started"});
    }
  }
}

void FunctionRunner::stop(std::span<const AttemptId> ids) {
  if (current_ == nullptr) return;
  if (std::ranges::find(ids, current_->id()) == ids.end()) return;
  current_->ask_to_stop();
  for (int rank = team_.first + 1; rank < team_.first + team_.count; ++rank) {
    team_.channel->send(rank, Stop{current_->id()});
  }
}

}  // namespace stune::mpi
