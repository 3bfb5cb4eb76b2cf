/// \file The commands of Slurm, one at a time, all of them counted and timed.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/commands.hpp"
#include "stune/slurm_runner.hpp"

namespace stune::slurm {

enum class Tool : std::uint8_t { scontrol, sbatch, squeue, sacct, scancel, sacctmgr /*only asked by the doctor*/ };
const char* to_string(Tool tool);

class Channel {
 public:
  /// `commands` outlives it and is used by nobody else. Programs are found in the PATH of `current`.
  /// `cluster`: all commands are about that one; empty: about the one that is configured here. Throws RunnerError where
  /// Slurm is not installed.
  Channel(Commands& commands, const Environment& current, std::string cluster);
  /// Kills nothing and forgets nothing: an sbatch that still runs may create its job, which is then found by its name.
  ~Channel() = default;

  bool is_free() const { return !running_; }
  /// Only while free. `arguments` without the program; `environment` empty: the one for queries.
  void start(Tool tool, std::vector<std::string> arguments, Environment environment = {});

  struct Answer {
    Tool tool;
    CommandResult result;
  };
  /// The answer to the last start(), once.
  std::optional<Answer> take(TimePoint now);

  const std::map<std::string, CommandCount>& counts() const { return counts_; }
  /// "1.0 queries/min, 0 failed ...": of the last ten minutes, and what was called in all. For people.
  std::string describe(TimePoint now) const;

 private:
  struct Running {
    CommandId id;
    Tool tool;
  };
  Commands& commands_;
  Environment query_environment_;
  std::string cluster_;
  std::array<std::string, 6> programs_;
  std::optional<Running> running_;
  std::map<std::string, CommandCount> counts_;
  std::optional<TimePoint> first_answer_;
  std::deque<TimePoint> queries_;  ///< of the last ten minutes: squeue, sacct, scontrol
};

}  // namespace stune::slurm
