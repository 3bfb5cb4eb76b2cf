/// \file What a coordinator notes for the next one, so that single steps from cron ask and wait no more than one long
/// run: doubts that are being waited for, when Slurm was asked what, and what it took and refused. A cache: without it
/// everything takes longer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runners/slurm_parse.hpp"
#include "stune/trial.hpp"

namespace stune::slurm {

/// Since when a job is a riddle, by the coordinator's clock.
struct Doubts {
  std::map<AttemptId, TimePoint> missing;     ///< a good answer of the queue did not show it
  std::map<AttemptId, TimePoint> over;        ///< the queue shows it as over, or nobody knows it; how it ended is open
  std::map<AttemptId, TimePoint> unreadable;  ///< its claim cannot be read

  bool operator==(const Doubts&) const = default;
};

/// A submission of which no job has been found yet.
struct Search {
  int good_looks = 0;
  TimePoint since{};

  bool operator==(const Search&) const = default;
};

/// The last submit limit that was met.
struct SubmitLimit {
  TimePoint met{};
  Seconds wait{0};  ///< before anything else is submitted; 0: something was taken since
  int batch = 0;    ///< jobs that one submission may hold

  bool operator==(const SubmitLimit&) const = default;
};

/// A kind of job (equal options for sbatch) that Slurm has taken.
struct TakenKind {
  std::uint64_t key = 0;
  std::optional<TimePoint> refused{};  ///< since when it refuses it

  bool operator==(const TakenKind&) const = default;
};

/// What Slurm has said to submissions.
struct SubmitNotes {
  std::optional<TimePoint> pace_full{};      ///< when the whole burst of calls is there again
  std::optional<SubmitLimit> limit{};        ///< while it counts
  int limits_in_empty_queue = 0;             ///< in a row
  std::optional<TimePoint> limited_since{};  ///< by a limit of own jobs, while none of ours was in the queue
  int silences = 0;                          ///< rounds of submissions in a row that came to nothing without a reason
  std::map<std::string, Search> searches{};  ///< by token
  std::vector<TakenKind> kinds{};            ///< those taken last

  bool operator==(const SubmitNotes&) const = default;
};

struct Notes {
  std::optional<Config> config;
  TimePoint config_at{};      ///< when it was asked
  TimePoint look_at{};        ///< when squeue was called last
  TimePoint accounting_at{};  ///< when sacct was asked last
  int accounting_failures = 0;
  bool claim_seen = false;  ///< some node has started an attempt
  Doubts doubts;
  SubmitNotes submitting;

  bool operator==(const Notes&) const = default;
};

std::string to_text(const Notes& notes);
/// What is damaged, unknown or in the future (at `now`) is left out.
Notes parse_notes(std::string_view text, TimePoint now);

}  // namespace stune::slurm
