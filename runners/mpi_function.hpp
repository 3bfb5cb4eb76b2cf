/// \file Trials that are calls of a function in this rank, as a Runner: submit() returns when the trial has ended.
#pragma once

#include <functional>

#include "runners/mpi_channel.hpp"

namespace stune::mpi {

/// The ranks that evaluate one trial together, and what the one that leads does meanwhile.
struct Team {
  MpiWorld::Channel* channel = nullptr;
  int first = 0;  ///< the rank that leads
  int count = 1;
  int communicator = 0;
  std::function<void()> attend;  ///< looks after messages; called whenever the function lets us
};

class FunctionRunner : public Runner {
 public:
  FunctionRunner(const MpiFunction& function, Team team) : function_(function), team_(std::move(team)) {}
  void open(const Workplace&) override {}
  int capacity() const override { return 1; }
  void submit(std::vector<Submission> submissions) override;
  /// What ran elsewhere is gone with its rank.
  void adopt(std::vector<Submission> submissions) override;
  void stop(std::span<const AttemptId> ids) override;
  std::vector<JobReport> poll(TimePoint) override { return std::exchange(news_, {}); }
  TimePoint next_poll() const override { return news_.empty() ? TimePoint::max() : TimePoint::min(); }
  bool busy() const override { return current_ != nullptr; }

  /// On the other ranks of the team: their part of a trial.
  void assist(const Job& job);
  /// On the rank that leads: another one has done its part.
  void assisted(const Evaluated& part);

 private:
  class Call;

  void evaluate(const Job& job);
  std::string await_team();

  const MpiFunction& function_;
  Team team_;
  std::vector<JobReport> news_;
  Call* current_ = nullptr;
  int parts_ = 0;
  std::string part_error_;
};

}  // namespace stune::mpi
