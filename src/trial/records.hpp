/// \file What `stune metric` leaves behind until the wrapper has merged it: one small file for each call.
///
///     records/TIME.START.NAME.json   {"observations": [{"metric": "accuracy", "step": 3, "mean": 0.9, "sem": 0.01}]}
///
/// TIME is in nanoseconds since 1970: names sort as the calls were made, and it is Observation::at of a step; START is
/// the start that reported. Each file appears whole, by rename; calls of one trial may run at the same time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/children.hpp"
#include "stune/observation.hpp"
#include "trial/folder.hpp"

namespace stune {

/// NAME=VALUE... [--sem S] [--step K], as observations. NaN and infinities are read as such. Pure.
/// Throws UsageError naming the argument.
std::vector<Observation> parse_metric_arguments(const std::vector<std::string>& arguments);

/// Throws StorageError.
void write_record(const AttemptFolder& folder, int start, const std::vector<Observation>& observations);

/// What start `start` has reported so far, in order; of several values for one metric and step the last one counts.
/// What cannot be read is left out. Never throws.
std::vector<Observation> read_records(const AttemptFolder& folder, int start);

/// Once they are in an exit record. Never throws.
void remove_records(const AttemptFolder& folder, int start);

/// The command `stune metric`. Inside a trial `environment` has STUNE_ATTEMPT_DIR and STUNE_RESTART; outside (without
/// STUNE_RESTART) the values are printed, and nothing is recorded. Throws UsageError for bad arguments, StorageError if
/// nothing could be recorded.
void report_metrics(const std::vector<std::string>& arguments, const Environment& environment);

/// What `stune metric --help` prints.
const char* metric_help();

}  // namespace stune
