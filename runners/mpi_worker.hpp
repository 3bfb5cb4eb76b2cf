/// \file A rank that evaluates: takes trials from rank 0, runs them, tells how they went.
///
/// A command runs below its node program, started by posix_spawn, never by fork, and ends when this rank does. Between
/// messages and ends of processes the rank sleeps: a process wakes it at once, a message after at most some
/// milliseconds, the sooner the less time has passed since the last one.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "runners/mpi_channel.hpp"
#include "runners/mpi_function.hpp"
#include "runners/mpi_watch.hpp"

namespace stune::mpi {

class Worker {
 public:
  /// Both outlive it. `function` may be empty: trials are commands.
  Worker(MpiWorld::Channel& channel, const MpiFunction& function);
  /// How a run ended for a worker.
  enum class Parting : std::uint8_t { all_well, somebody_died, orphaned };
  /// Until rank 0 says so, or is dead.
  Parting run();
  /// Sets a flag; for signal handlers.
  static void wind_down() noexcept;

 private:
  /// Reads what is there and tells what is new. True if there was anything.
  bool attend();
  void handle(const Letter& letter);
  void open(const Open& order);
  void make_runner(const Open& order);
  void keep_to(const Share& share);
  void stop(AttemptId id);
  void recall(AttemptId id);
  void start_next();
  bool tell_news();
  void tell(const JobReport& report);
  void beat(TimePoint now);
  void wait(TimePoint now);
  void notice_end();

  bool leads() const { return team_.first == channel_.rank(); }

  MpiWorld::Channel& channel_;
  const MpiFunction& function_;
  SystemClock clock_;
  Team team_;
  std::string folder_;                                ///< of the experiment that rank 0 has opened
  std::map<std::pair<int, int>, int> communicators_;  ///< by first rank and count
  std::unique_ptr<Runner> runner_;                    ///< of what rank 0 assigns
  FunctionRunner* function_runner_ = nullptr;         ///< the same one, where trials are calls
  std::unique_ptr<Runner> finder_;                    ///< of what earlier processes left on this node
  std::deque<Assign> queue_;
  std::set<AttemptId> running_;
  std::vector<Job> to_assist_;
  std::optional<Open> postponed_;  ///< came while a function ran
  NodeWatch mates_;
  Descriptor coordinator_;  ///< a pidfd, where it is on this node
  Environment before_;      ///< any trial
  TimePoint heard_{}, active_{}, next_beat_{};
  bool quitting_ = false;
  std::optional<Leave> leave_;
  bool winding_down_ = false;
  bool orphaned_ = false;
};

}  // namespace stune::mpi
