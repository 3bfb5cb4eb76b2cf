#include "cli/background_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"

namespace stune::cli {

namespace {

using Steady = std::chrono::steady_clock;

constexpr double share = 0.05;  ///< of the coordinators' processor time
constexpr auto between_looks = std::chrono::seconds(1);
constexpr Seconds patience{600};      ///< with a report while trials run
constexpr Seconds last_patience{60};  ///< with one that somebody waits for

}  // namespace

bool can_afford_report(const Costs& costs, double next) {
  return costs.report_seconds + next <= share * costs.cpu_seconds;
}

double expected_report_seconds(std::size_t trials) {
  const double thousands = 1e-3 * static_cast<double>(trials);
  return 0.2 + 0.5 * thousands + 2.0 * std::pow(std::min(thousands, 1.0), 3);
}

/// By its link in /proc, so that it is found after an upgrade.
std::filesystem::path plain_program() {
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (self.filename() != "stune-mpi") return "/proc/self/exe";
  for (const auto& place : std::array{self.parent_path() / "../../bin/stune", self.parent_path() / "stune"}) {
    if (std::filesystem::is_regular_file(place, ignored)) return place;
  }
  return {};
}

BackgroundReport::BackgroundReport(Session& session, std::filesystem::path program)
    : session_(session), program_(std::move(program)), commands_(make_child_commands(clock_)) {}

double BackgroundReport::next_cost() const {
  return slowness_ * expected_report_seconds(session_.experiment().trials().size());
}

bool BackgroundReport::start(Seconds timeout, int niceness, double most_seconds) {
  if (program_.empty()) return false;
  CommandCall call;
  call.arguments = {program_.string(),          "report",
                    session_.folder().string(), background_option,
                    std::to_string(niceness),   std::to_string(std::lround(std::ceil(most_seconds)))};
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
    const double cost = parse_number(trimmed(result.output)).value_or(result.elapsed.count());
    slowness_ *= cost / next_cost();
    if (!written_) slowness_ = 2.0 * std::max(slowness_, 1.0);
    session_.add_report(cost);
  }
}

void BackgroundReport::consider() {
  const auto now = Steady::now();
  if (now < next_look_) return;
  next_look_ = now + between_looks;
  collect();
  const double next = next_cost();
  // One that takes much longer than expected is given up: it would use up what others need.
  if (!running_ && can_afford_report(session_.costs(), next)) start(patience, 15, 1.0 + 4.0 * next);
}

void BackgroundReport::finish() {
  while (running_) {
    const std::array wake{commands_->wake_fd()};
    clock_.wait(wake, commands_->next_deadline());
    collect();
  }
}

bool BackgroundReport::write_last() {
  commands_ = make_child_commands(clock_);  // one that still runs knows less
  running_.reset();
  if (!start(last_patience, 0, last_patience.count())) return false;
  finish();
  return written_;
}

}  // namespace stune::cli
