/// \file The report of an experiment that runs: written by child processes, so that nothing in it can delay or harm the
/// loop.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/commands.hpp"
#include "stune/progress.hpp"

namespace stune::cli {

/// Of `stune report`, with a niceness: says nothing but the processor time it took.
constexpr const char* background_option = "--in-background";

/// What the reports of a run have cost.
struct ReportCosts {
  double own = 0.0;    ///< processor time of the coordinator
  double spent = 0.0;  ///< ... of its reports so far
  double last = 0.0;   ///< ... of the last one; 0: there was none
};

/// Whether one more report costs together with those before at most a twentieth of what the coordinator itself does.
/// Pure.
bool can_afford_report(const ReportCosts& costs);

/// One report at a time. Never throws, blocks only in write_last(). Destruction ends what runs.
class BackgroundReport {
 public:
  /// Of the experiment in `folder`, as an absolute path.
  explicit BackgroundReport(std::filesystem::path folder);
  /// Something has changed: starts a report if it can be afforded and the run is not quite young. Cheap.
  void consider();
  /// The final report. Blocks until it is written or has failed; false, too, if that takes longer than a minute.
  bool write_last();

 private:
  bool start(Seconds timeout, int niceness);
  void collect();

  std::filesystem::path folder_;
  std::filesystem::path program_;
  SystemClock clock_;
  std::unique_ptr<Commands> commands_;
  std::optional<CommandId> running_;
  bool written_ = false;  ///< the last one that ended has succeeded
  ReportCosts costs_;
  std::chrono::steady_clock::time_point next_look_;
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
