/// \file What the coordinator says of itself for `stune status`: a small file, rewritten every few seconds.
///
/// Derived and perishable: nothing depends on it, failures to write it are ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace stune {

/// What looking after an experiment has cost, by all coordinators that it has had one after the other.
struct Costs {
  int coordinators = 0;
  double cpu_seconds = 0.0;      ///< user + system
  std::int64_t batch_calls = 0;  ///< commands of the batch system
  double report_seconds = 0.0;   ///< of processors, for reports during and after runs

  bool operator==(const Costs&) const = default;
};

struct Telemetry {
  std::string host;
  int pid = 0;
  TimePoint at{};
  std::vector<std::string> budget;  ///< the runner's own words, one line each
  double cpu_seconds = 0.0;         ///< of this coordinator, user + system
  std::int64_t peak_memory = 0;     ///< bytes, of this coordinator
  std::int64_t batch_calls = 0;     ///< commands of the batch system, by this coordinator
  Costs all;                        ///< of this coordinator and all before it

  bool operator==(const Telemetry&) const = default;
};

/// Fills in what the system knows of this process: host, pid, cpu_seconds, peak_memory.
void measure_self(Telemetry& telemetry);

/// Nothing if it is not there or cannot be read.
std::optional<Telemetry> read_telemetry(const std::filesystem::path& folder);
/// The same of the file's text.
std::optional<Telemetry> parse_telemetry(const std::string& text);

/// One for each coordinator. What those before it have cost it finds in the file.
class TelemetryWriter {
 public:
  explicit TelemetryWriter(std::filesystem::path folder, Seconds distance = Seconds{5});
  /// Worth filling in a Telemetry now?
  bool due(TimePoint now) const { return now >= next_; }
  /// Measures, adds up, writes atomically. Why that failed, or nothing; the next one may succeed.
  std::string write(Telemetry telemetry, TimePoint now);
  /// Up to now. `batch_calls`: of this coordinator.
  Costs costs(std::int64_t batch_calls) const;
  /// A report has been written on behalf of this coordinator.
  void add_report(double cpu_seconds) { before_.report_seconds += cpu_seconds; }

 private:
  std::filesystem::path folder_;
  Seconds distance_;
  TimePoint next_{};
  Costs before_;  ///< all but what this process has cost itself
};

}  // namespace stune
