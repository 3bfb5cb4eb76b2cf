#include "runners/slurm_verdict.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace stune::slurm {
namespace {

/// Causes that Slurm's word settles alone; nothing for COMPLETED, FAILED, REVOKED.
std::optional<Cause> cause_of(const Testimony& slurm, int user) {
  switch (slurm.state) {
    case State::timeout:
    case State::deadline:
      return Cause::timeout;
    case State::out_of_memory:
      return Cause::out_of_memory;
    case State::preempted:
      return Cause::preempted;
    case State::node_fail:
    case State::boot_fail:
      return Cause::node_failure;
    case State::cancelled:
      return slurm.cancelled_by.value_or(user) == user ? Cause::cancelled : Cause::preempted;
    default:
      return {};
  }
}

/// The cells for COMPLETED, FAILED, REVOKED and a job that is gone.
Cause remaining_cause(const Situation& situation) {
  const State state = situation.slurm && !situation.gone ? situation.slurm->state : State::revoked;
  const bool failed = state == State::failed;
  const bool completed = state == State::completed;
  if (!situation.started) return failed || completed ? Cause::launch_failure : Cause::lost;
  if (!situation.record) return failed && situation.slurm->signal != 0 ? Cause::signal : Cause::lost;
  const ExitRecord& record = *situation.record;
  const Cause proven = ending_of(record).cause;
  // Somebody asked for its end, and nobody is left who could say why: not the trial's own doing.
  const bool asked = (record.signal != 0 && record.signal != SIGKILL) || record.exit_code == 128 + SIGTERM;
  if (asked && !completed && !failed && (proven == Cause::signal || proven == Cause::exit_code))
    return Cause::interrupted;
  if (proven != Cause::interrupted || (!completed && !failed)) return proven;
  if (!record.launched) return Cause::launch_failure;
  if (record.signal != 0) return Cause::signal;
  if (record.exit_code != 0) return Cause::exit_code;
  return completed ? Cause::completed : Cause::interrupted;
}

std::string describe(const Situation& situation) {
  if (situation.gone) return "neither queue nor accounting knows the job any more";
  const Testimony& slurm = *situation.slurm;
  std::string text = "Slurm says " + std::string(to_string(slurm.state));
  if (slurm.cancelled_by) text += " by user id " + std::to_string(*slurm.cancelled_by);
  if (!slurm.reason.empty() && slurm.reason != "None") text += " (" + slurm.reason + ")";
  if (!situation.record && (slurm.exit_code != 0 || slurm.signal != 0)) {
    text += ", exit code " + std::to_string(slurm.exit_code) + ", signal " + std::to_string(slurm.signal);
  }
  if (!situation.started) return text + "; the trial never started";
  return situation.record ? text : text + "; there is no exit record";
}

Ending with_cause(const Situation& situation, Cause cause, const std::string& why) {
  Ending ending = situation.record ? ending_of(*situation.record) : Ending{};
  if (!situation.record && situation.slurm) {
    ending.host = situation.host.empty() ? situation.slurm->nodes : situation.host;
    ending.nodes = situation.nodes;
    ending.exit_code = situation.slurm->exit_code;
    ending.signal = situation.slurm->signal;
  }
  ending.cause = cause;
  ending.detail += (ending.detail.empty() ? "" : "; ") + why;
  return ending;
}

/// A better word is to be had: who cancelled it, what killed it.
bool wants_accounting(const Situation& situation) {
  if (situation.gone || situation.slurm->is_last_word) return false;
  const State state = situation.slurm->state;
  return state == State::cancelled || (state == State::failed && situation.started && !situation.record);
}

/// The log has the word where Slurm's state tells too little.
bool log_decides(const Situation& situation) {
  if (!situation.logged || !situation.started) return false;
  if (situation.gone) return true;
  const State state = situation.slurm->state;
  return state == State::failed || state == State::cancelled || state == State::revoked;
}

bool is_over(const Situation& situation) {
  return situation.gone || (situation.slurm && phase_of(situation.slurm->state) == Phase::over);
}

}  // namespace

Verdict judge(const Situation& situation) {
  if (situation.record && !ended_from_outside(*situation.record)) return ending_of(*situation.record);
  if (situation.stop_asked && situation.record) return with_cause(situation, Cause::stopped, "we asked it to end");
  if (!is_over(situation)) return Wait{};
  if (situation.started && !situation.record && !situation.grace_over) return Wait{};
  if (situation.stop_asked) return with_cause(situation, Cause::stopped, describe(situation));
  if (log_decides(situation)) return with_cause(situation, *situation.logged, describe(situation));
  if (wants_accounting(situation)) return Wait{true};
  const auto settled = situation.gone ? std::nullopt : cause_of(*situation.slurm, situation.user);
  return with_cause(situation, settled.value_or(remaining_cause(situation)), describe(situation));
}

std::optional<Cause> cause_in_log(std::string_view log) {
  // In the order in which they are looked for in a line. A job that is cancelled and no more is nobody's fault.
  constexpr std::array<std::pair<std::string_view, std::optional<Cause>>, 8> phrases{
      {{"DUE TO TIME LIMIT", Cause::timeout},
       {"DUE TO PREEMPTION", Cause::preempted},
       {"DUE TO NODE FAILURE", Cause::node_failure},
       {"exceeded memory limit", Cause::out_of_memory},
       {"Exceeded job memory limit", Cause::out_of_memory},
       {"oom-kill", Cause::out_of_memory},
       {"oom_kill", Cause::out_of_memory},
       {"CANCELLED AT", std::nullopt}}};
  std::optional<Cause> cause;
  while (!log.empty()) {
    const std::string_view line = log.substr(0, log.find('\n'));
    log.remove_prefix(std::min(log.size(), line.size() + 1));
    for (const auto& [phrase, meaning] : phrases) {
      if (line.find(phrase) == std::string_view::npos || !line.starts_with("slurm")) continue;
      cause = meaning;
      break;
    }
  }
  return cause;
}

}  // namespace stune::slurm
