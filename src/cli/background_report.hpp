/// \file The report of an experiment that runs: written by child processes, so that nothing in it can delay or harm the
/// loop.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/commands.hpp"
#include "client/session.hpp"
#include "stune/progress.hpp"

namespace stune::cli {

/// Of `stune report`, with a niceness and a limit in seconds of processor time: it says nothing but what it took of it.
constexpr const char* background_option = "--in-background";

/// Whether one more report that takes `next` seconds of a processor costs together with those before at most a
/// twentieth of what the coordinators themselves do. Pure.
bool can_afford_report(const Costs& costs, double next);

/// Seconds of a processor that a report of so many trials takes, about. Pure.
double expected_report_seconds(std::size_t trials);

/// This program without MPI; empty if it is not found.
std::filesystem::path plain_program();

/// One report at a time. Never throws, blocks only where that is said. Destruction ends what runs.
class BackgroundReport {
 public:
  /// The session outlives it, and is told what reports cost. `program` takes the arguments of stune.
  explicit BackgroundReport(Session& session, std::filesystem::path program = plain_program());
  /// Something has changed: starts a report if it can be afforded. Cheap.
  void consider();
  /// Blocks until the one that was started, if any, is written or has failed.
  void finish();
  /// The final report. Blocks until it is written or has failed; false, too, if that takes longer than a minute.
  bool write_last();

 private:
  double next_cost() const;
  bool start(Seconds timeout, int niceness, double most_seconds);
  void collect();

  Session& session_;
  std::filesystem::path program_;
  SystemClock clock_;
  std::unique_ptr<Commands> commands_;
  std::optional<CommandId> running_;
  bool written_ = false;   ///< the last one that ended has succeeded
  double slowness_ = 1.0;  ///< what reports take here, of what is expected
  std::chrono::steady_clock::time_point next_look_{};
};

/// Passes everything on to another, and considers a report whenever something has changed.
class ReportingProgress : public Progress {
 public:
  /// Both outlive it.
  ReportingProgress(Progress& to, BackgroundReport& report) : to_(to), report_(report) {}
  void trials_started(std::span<const int> trials) override { to_.trials_started(trials); }
  void trials_ended(std::span<const int> trials, TrialStatus status) override { to_.trials_ended(trials, status); }
  void notice(const std::string& text) override { to_.notice(text); }
  void update(const ProgressSnapshot& snapshot) override {
    to_.update(snapshot);
    report_.consider();
  }
  bool ticks() const override { return to_.ticks(); }

 private:
  Progress& to_;
  BackgroundReport& report_;
};

}  // namespace stune::cli
