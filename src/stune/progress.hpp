/// \file What a run tells its user while it goes on, and how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "stune/trial.hpp"

namespace stune {

/// Why a run ended.
enum class StopReason : std::uint8_t {
  finished,      ///< all trials are in
  exhausted,     ///< a finite search space has no further point
  stopped,       ///< `stune stop`; jobs were cancelled
  interrupted,   ///< Ctrl-C, SIGTERM, Client::interrupt(); jobs go on, the experiment can be resumed
  time_limit,    ///< --max-hours; jobs go on, the experiment can be resumed
  failure_rate,  ///< too many trials failed; jobs were cancelled
  idle           ///< a single step found nothing due soon
};

/// How far an experiment has got.
struct ProgressSnapshot {
  int wanted = 0;  ///< --trials
  int completed = 0;
  int failed = 0;
  int abandoned = 0;
  int running = 0;  ///< attempts that run
  int pending = 0;  ///< attempts submitted that do not run yet, and trials waiting to be submitted
  int best_trial = -1;
  std::optional<double> best{};  ///< observed objective of best_trial
  std::string metric{};
  Seconds elapsed{0};  ///< of this run
};

/// Called by the coordinator's thread between other work; must not block or throw.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void trials_started(std::span<const int>) {}
  virtual void trials_ended(std::span<const int>, TrialStatus) {}
  /// Something a person should know: a retry, a fit that failed, a recovered journal.
  virtual void notice(const std::string&) {}
  /// After every round in which something changed, and once a second otherwise if `ticks()`.
  virtual void update(const ProgressSnapshot&) {}
  /// True: the elapsed time is shown live.
  virtual bool ticks() const { return false; }
};

}  // namespace stune
