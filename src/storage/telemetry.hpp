/// \file What the coordinator says of itself for `stune status`: a small file, rewritten every few seconds.
///
/// Derived and perishable: nothing depends on it, failures to write it are ignored.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace stune {

struct Telemetry {
  std::string host;
  int pid = 0;
  TimePoint started{};
  TimePoint at{};
  std::array<int, 6> counts{};      ///< trials by TrialStatus
  int live = 0;                     ///< attempts pending or running
  std::vector<std::string> budget;  ///< the runner's own words, one line each
  double cpu_seconds = 0.0;         ///< of the coordinator, user + system
  std::int64_t peak_memory = 0;     ///< bytes, of the coordinator

  bool operator==(const Telemetry&) const = default;
};

/// Fills in what the system knows of this process: host, pid, cpu_seconds, peak_memory.
void measure_self(Telemetry& telemetry);

/// Nothing if it is not there or cannot be read.
std::optional<Telemetry> read_telemetry(const std::filesystem::path& folder);
/// The same of the file's text.
std::optional<Telemetry> parse_telemetry(const std::string& text);

class TelemetryWriter {
 public:
  explicit TelemetryWriter(std::filesystem::path folder, Seconds distance = Seconds{5})
      : folder_(std::move(folder)), distance_(distance) {}
  /// Worth filling in a Telemetry now?
  bool due(TimePoint now) const { return now >= next_; }
  /// Measures, writes atomically. Why that failed, or nothing; the next one may succeed.
  std::string write(Telemetry telemetry, TimePoint now);

 private:
  std::filesystem::path folder_;
  Seconds distance_;
  TimePoint next_{};
};

}  // namespace stune
