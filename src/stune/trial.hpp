/// \file A trial: one parameterization, its attempts and what it measured.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stune/observation.hpp"
#include "stune/value.hpp"

namespace stune {

using Seconds = std::chrono::duration<double>;

/// The optimizer's view. Persistent: never renumber.
///
///     created --> running --> completed       metrics are in
///                   |  |----> failed          the trial's own fault; told to the model as infeasible
///                   |  |----> abandoned       withdrawn (by hand, or for reasons that say nothing about it)
///                   |-------> early_stopped   stopped for its partial results, which count
///     (created may end as failed or abandoned, too)
enum class TrialStatus : std::uint8_t { created, running, completed, failed, abandoned, early_stopped };
constexpr bool is_terminal(TrialStatus status) { return status >= TrialStatus::completed; }
const char* to_string(TrialStatus status);

/// The batch system's view of one attempt. Persistent: never renumber.
///
///     unknown --> pending --> running --> ended
///        |----> absent      proven never to have started, and fenced: a new attempt is safe at once
///        |----> deferred    refused for now (limits); the same attempt is submitted again later
enum class JobState : std::uint8_t { unknown, absent, deferred, pending, running, ended };
const char* to_string(JobState state);

/// Why an attempt ended. Persistent: never renumber.
enum class Cause : std::uint8_t {
  completed,       ///< exit code 0, by its own will
  exit_code,       ///< any other exit code
  signal,          ///< killed by a signal nobody here sent
  out_of_memory,   ///< with evidence: the kernel's or the batch system's
  timeout,         ///< time limit of the job or of the trial
  cancelled,       ///< by the user's own hand
  preempted,       ///< by the batch system, for another job
  node_failure,    ///< the machine's fault
  launch_failure,  ///< the command could not be started by the batch system or the node program
  lost,            ///< it vanished without evidence
  stopped,         ///< because we asked
  interrupted      ///< ended well after a termination signal: not completed unless the batch system says so
};
const char* to_string(Cause cause);
/// Says nothing about the parameterization: retried free, not counted as a failure.
constexpr bool is_infrastructure(Cause cause) {
  return cause == Cause::preempted || cause == Cause::node_failure || cause == Cause::launch_failure ||
         cause == Cause::lost || cause == Cause::interrupted;
}

struct Ending {
  Cause cause = Cause::lost;
  int exit_code = 0;     ///< of the command, where it exited
  int signal = 0;        ///< that killed it, or 0
  std::string detail{};  ///< for people: evidence, last words of the output
  std::string host{};    ///< where it ran, if known
  std::optional<TimePoint> started{};
  std::optional<TimePoint> ended{};
  double cpu_seconds = 0.0;      ///< user + system, all processes waited for; 0: unknown
  std::int64_t peak_memory = 0;  ///< bytes, largest process; 0: unknown
  int nodes = 0;                 ///< that its job had, whether it used all of them or not; 0: unknown

  bool operator==(const Ending&) const = default;
};

struct AttemptId {
  int trial = 0;
  int attempt = 0;

  auto operator<=>(const AttemptId&) const = default;
};
std::string to_string(AttemptId id);  ///< "7" for a first attempt, "7.1" for the second

/// What a runner wants to know again after a restart (a job id, a file name). Small: it is journaled.
using Metadata = std::map<std::string, std::string>;

/// One submission of a trial; a preempted trial has several.
struct Attempt {
  std::string token{};  ///< of the submission it is part of
  JobState state = JobState::unknown;
  Metadata metadata{};
  TimePoint submitted{};
  std::optional<TimePoint> started{};
  std::optional<Ending> ending{};  ///< once ended or absent
};

struct Trial {
  int index = 0;
  Parameterization parameters{};
  std::string generator{};  ///< node of the generation strategy, or "Manual"
  TrialStatus status = TrialStatus::created;
  std::string reason{};  ///< why it failed or was abandoned
  TimePoint created{};
  std::optional<TimePoint> ended{};
  std::vector<Attempt> attempts{};
  std::vector<Observation> observations{};
};

/// The trial's last word on `metric`; nothing if it never reported it. O(observations of the trial).
std::optional<Observation> latest(const Trial& trial, const std::string& metric);

}  // namespace stune
