/// \file What Slurm's commands print, as values. Pure: no I/O, no clock. Read as Slurm 20.02 to 25.11 print it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/commands.hpp"
#include "runners/slurm_state.hpp"

namespace stune::slurm {

/// An answer, whatever it says.
inline bool is_good(const CommandResult& result) {
  return result.exit_code == 0 && result.signal == 0 && !result.timed_out;
}

// --- sbatch

struct Submitted {
  std::string job;  ///< "4711"
};
/// A job may exist: only a look for its name in the queue and in accounting can tell.
struct Ambiguous {
  std::string why;
};
/// Surely no job exists.
struct Refusal {
  enum class Kind : std::uint8_t {
    transient,  ///< the controller is away or busy: the same again, later
    capacity,   ///< a submit limit: later or fewer
    permanent   ///< no job of this kind will ever be taken
  };
  Kind kind = Kind::permanent;
  std::string text;  ///< Slurm's own words
  /// Of a limit that counts nothing but own jobs in the queue. Where there are none, it is none that passes: so Slurm
  /// speaks of a missing account or a spent budget, too.
  bool counts_own_jobs = false;
};
using SbatchAnswer = std::variant<Submitted, Ambiguous, Refusal>;

/// Of `sbatch --parsable`, run with a time-out. What cannot be understood is ambiguous, never refused.
SbatchAnswer parse_sbatch(const CommandResult& result);

/// The first line of what a command said, without the name that it begins its lines with ("sbatch: error: ").
std::string reason_in(std::string_view words);

// --- squeue

/// For -o: free text last, so that it may hold anything.
inline constexpr const char* queue_format = "%A|%F|%K|%t|%N|%r|%j";
/// Of squeue, so that one call tells of all jobs of ours.
inline std::vector<std::string> queue_arguments() {
  return {"--me", "-a", "-h", "-r", "-t", "all", "-o", queue_format};
}

struct QueueRow {
  std::string job;  ///< "4711", or "4700_3" for a task of an array: the key by which sbatch's answer finds it
  State state = State::unknown;
  std::string nodes;   ///< empty while pending
  std::string reason;  ///< why pending, or how it failed
  std::string name;
};
struct QueueAnswer {
  std::vector<QueueRow> rows;
  bool whole = true;  ///< false: a line was cut or could not be read; absence proves nothing
};
/// Of squeue with queue_arguments().
QueueAnswer parse_squeue(std::string_view text);

/// For -o: what tells coordinators of equal names apart, and may hold anything, last.
inline constexpr const char* place_format = "%A|%j|%Z";

struct PlacedJob {
  std::string job;
  std::string place;  ///< "NAME|FOLDER"
};
struct PlacesAnswer {
  std::vector<PlacedJob> jobs;
  bool whole = true;  ///< as in QueueAnswer
};
/// Of squeue with place_format.
PlacesAnswer parse_places(std::string_view text);

// --- sacct

inline constexpr const char* accounting_format = "JobIDRaw,JobID,State,ExitCode,NodeList,JobName";

struct AccountingRow {
  std::string job;  ///< as in QueueRow; tasks that share a line, "4700_[1-3]", come as a row each, after all others
  State state = State::unknown;
  std::optional<int> cancelled_by;  ///< user id
  int exit_code = 0;                ///< of the batch script; sacct subtracts 128 from 128 and more
  int signal = 0;
  std::string nodes;
  std::string name;
};
/// Of `sacct -X -n -P -o accounting_format`. Lines that are no jobs are left out.
std::vector<AccountingRow> parse_sacct(std::string_view text);
/// There is none here and will not be: stop asking.
bool is_accounting_disabled(const CommandResult& result);

// --- scontrol show config

struct Config {
  std::string cluster;
  std::string version;
  double min_job_age = 300;  ///< seconds that a finished job stays in the queue
  int max_array_size = 1001;
  double message_timeout = 10;  ///< seconds
  bool accounting = true;

  bool operator==(const Config&) const = default;
};
/// What is not there keeps its default.
Config parse_config(std::string_view text);

// --- sacctmgr

/// How many jobs of a user may be queued and running at once; what is not limited is left out.
struct JobLimit {
  std::string of;    ///< "account physics"
  std::string name;  ///< "MaxSubmitJobs"
  int jobs = 0;

  bool operator==(const JobLimit&) const = default;
};
/// Of `sacctmgr -n -P show KIND format=FIRST,NAMES...`, where FIRST is the name of the one that is limited.
std::vector<JobLimit> parse_limits(std::string_view text, const std::string& kind,
                                   const std::vector<std::string>& names);

}  // namespace stune::slurm
