/// \file What a coordinator notes for the next one, so that single steps from cron ask and wait no more than one long
/// run: doubts that are being waited for, and when Slurm was asked what. A cache: without it everything takes longer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runners/slurm_parse.hpp"
#include "stune/trial.hpp"

namespace stune::slurm {

/// Since when a job is a riddle, by the coordinator's clock.
struct Doubts {
  std::map<AttemptId, TimePoint> missing;  ///< a good answer of the queue did not show it
  std::map<AttemptId, TimePoint> over;     ///< the queue shows it as over, or nobody knows it; how it ended is open

  bool operator==(const Doubts&) const = default;
};

struct Notes {
  std::optional<Config> config;
  TimePoint config_at{};      ///< when it was asked
  TimePoint accounting_at{};  ///< when sacct was asked last
  int accounting_failures = 0;
  Doubts doubts;

  bool operator==(const Notes&) const = default;
};

std::string to_text(const Notes& notes);
/// What is damaged, unknown or in the future (at `now`) is left out.
Notes parse_notes(std::string_view text, TimePoint now);

}  // namespace stune::slurm
