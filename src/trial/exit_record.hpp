/// \file The proof that a start has ended, and how: written atomically by the node program, whatever happens.
///
/// One JSON object; members are named as in ExitRecord below, times as to_iso() writes them, numbers that are not
/// finite as "nan", "inf", "-inf". All but "trial" and "attempt" may be missing. A job script whose node program cannot
/// run writes, for example: {"trial": 7, "attempt": 0, "launched": false, "error": "cannot run bin/stune on node3"}
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stune/observation.hpp"
#include "stune/trial.hpp"

namespace stune {

struct ReceivedSignal {
  int signal = 0;
  TimePoint at{};
};

/// A metric file as it was when the command had ended: a reader on another node waits until it sees the same.
struct FileSeal {
  std::filesystem::path file;
  std::uint64_t size = 0;
  std::uint32_t crc = 0;
};

struct ExitRecord {
  AttemptId id;
  int start = 0;
  std::string job;  ///< as in the claim
  int restart = 0;
  std::string host;
  int nodes = 0;  ///< as in the claim
  TimePoint started{};
  TimePoint ended{};
  int exit_code = 0;                    ///< of the command
  int signal = 0;                       ///< that killed the command, or 0
  bool launched = true;                 ///< false: the command could not be started; `error` says why
  bool time_limit = false;              ///< ended by the node program for the task's time limit
  std::string error;                    ///< also set, with launched, where the node program itself was killed
  std::vector<ReceivedSignal> signals;  ///< by the node program, in order
  double cpu_seconds = 0.0;
  std::int64_t peak_memory = 0;           ///< bytes
  std::int64_t oom_kills = 0;             ///< of the job's cgroup while it ran
  std::vector<Observation> observations;  ///< from `stune metric`
  std::vector<FileSeal> seals;
};

void write_exit_record(const std::filesystem::path& file, const ExitRecord& record);  ///< throws StorageError
/// Nothing if it is not there or not readable (yet).
std::optional<ExitRecord> read_exit_record(const std::filesystem::path& file);

/// Size and CRC-32 as they are now: of all bytes, or of the first and last 8 MiB of a file larger than 16 MiB.
/// Nothing if it cannot be read.
std::optional<FileSeal> make_seal(const std::filesystem::path& path);

/// The first signal from outside that asks to end, or 0.
int termination_signal(const ExitRecord& record);

/// A signal from outside ended it (or perhaps did: a shell's exit code 137 or 143), or the node program was killed: a
/// restart of the same job may run it again.
bool ended_from_outside(const ExitRecord& record);

/// What the record alone proves; a runner that knows a batch system's word corrects it (a command that caught SIGTERM
/// and exited 0 is `interrupted` here). `detail` holds no output yet.
Ending ending_of(const ExitRecord& record);

}  // namespace stune
