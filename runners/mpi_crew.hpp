/// \file Which worker has which trials, and who gets the next one. Pure: no MPI, no clock.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stune/trial.hpp"

namespace stune::mpi {

/// A worker is a rank, or the first of the ranks that evaluate trials together. It runs one trial at a time; while
/// trials are short it has the next one at hand, and some more where they take less time than to journal their ends.
class Crew {
 public:
  using Worker = std::size_t;

  /// Nobody is ready yet. `short_trial` 0: never a second trial.
  Crew(std::vector<std::string> hosts, Seconds short_trial);

  void ready(Worker worker);
  /// Whether it may be given trials at all. An idle one that winds down will never be.
  void retire(Worker worker);
  /// It is gone: what it had.
  std::vector<AttemptId> lose(Worker worker);
  /// A lost one is heard of again: it is to say anew that it is ready.
  void forgive(Worker worker) { members_[worker].state = State::unknown; }
  bool is_lost(Worker worker) const { return members_[worker].state == State::lost; }
  bool any_left() const;   ///< that is ready or may become so
  bool all_known() const;  ///< nobody is still to say that it is ready

  void give(Worker worker, AttemptId id);
  /// Over, or given back. False if nobody has it.
  bool take(AttemptId id);
  std::optional<Worker> holder(AttemptId id) const;
  const std::vector<AttemptId>& held(Worker worker) const { return members_[worker].held; }
  std::size_t busy() const { return held_by_.size(); }

  /// The worker with the least to do that has room, on a host that is not to be avoided where there is a choice.
  std::optional<Worker> choose(const std::vector<std::string>& avoid) const;
  /// How many trials would find a place now.
  int room() const;
  /// A trial took so long.
  void learn(Seconds duration);
  /// A trial that waits behind another one while somebody is idle.
  std::optional<AttemptId> misplaced() const;

 private:
  enum class State : std::uint8_t { unknown, ready, retired, lost };
  struct Member {
    std::string host;
    State state = State::unknown;
    std::vector<AttemptId> held{};  ///< in the order in which they were given
  };

  std::size_t depth() const;

  std::vector<Member> members_;
  std::map<AttemptId, Worker> held_by_;
  Seconds short_trial_;
  std::deque<Seconds> recent_;
};

}  // namespace stune::mpi
