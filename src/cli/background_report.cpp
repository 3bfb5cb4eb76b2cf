#include "cli/background_report.hpp"

#include <sys/resource.h>

#include <array>

#include "base/text.hpp"

namespace stune::cli {

namespace {

using Steady = std::chrono::steady_clock;

constexpr double share = 0.05;       ///< of the coordinator's processor time
constexpr double first_guess = 0.5;  ///< seconds that a report takes before one has been measured
constexpr auto young = std::chrono::seconds(10);
constexpr auto between_looks = std::chrono::seconds(1);
constexpr Seconds patience{600};      ///< with a report while trials run
constexpr Seconds last_patience{60};  ///< with the one that somebody waits for

double own_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/// This program without MPI; empty if it is not found. By its link in /proc, so that it is found after an upgrade.
std::filesystem::path plain_program() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (self.filename() != "stune-mpi") return "/proc/self/exe";
  for (const auto& place : std::array{self.parent_path() / "../../bin/stune", self.parent_path() / "stune"}) {
    if (std::filesystem::is_regular_file(place, ignored)) return place;
  }
  return {};
}

}  // namespace

bool can_afford_report(const ReportCosts& costs) {
  return costs.spent + (costs.last > 0.0 ? costs.last : first_guess) <= share * costs.own;
}

BackgroundReport::BackgroundReport(std::filesystem::path folder)
    : folder_(std::move(folder)),
      program_(plain_program()),
      commands_(make_child_commands(clock_)),
      next_look_(Steady::now() + young) {}

bool BackgroundReport::start(Seconds timeout, int niceness) {
  if (program_.empty()) return false;
  CommandCall call;
  call.arguments = {program_.string(), "report", folder_.string(), background_option, std::to_string(niceness)};
  call.environment = current_environment();
  call.timeout = timeout;
  running_ = commands_->start(std::move(call));
  return true;
}

void BackgroundReport::collect() {
  for (const auto& [id, result] : commands_->finished()) {
    running_.reset();
    written_ = result.exit_code == 0 && result.signal == 0 && !result.timed_out;
    // One that failed has told nothing; its time on the clock is never less than its time on a processor.
    costs_.last = parse_number(trimmed(result.output)).value_or(result.elapsed.count());
    costs_.spent += costs_.last;
  }
}

void BackgroundReport::consider() {
  const auto now = Steady::now();
  if (now < next_look_) return;
  next_look_ = now + between_looks;
  collect();
  costs_.own = own_cpu_seconds();
  if (!running_ && can_afford_report(costs_)) start(patience, 15);
}

bool BackgroundReport::write_last() {
  commands_ = make_child_commands(clock_);  // one that still runs knows less
  running_.reset();
  if (!start(last_patience, 0)) return false;
  while (running_) {
    const std::array wake{commands_->wake_fd()};
    clock_.wait(wake, commands_->next_deadline());
    collect();
  }
  return written_;
}

}  // namespace stune::cli
