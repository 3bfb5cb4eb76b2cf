#include "runners/slurm_state.hpp"

#include <array>

namespace stune::slurm {
namespace {

struct Word {
  State state;
  std::string_view brief;
  std::string_view full;
};

constexpr std::array state_words{
    Word{State::pending, "PD", "PENDING"},
    Word{State::requeued, "RQ", "REQUEUED"},
    Word{State::requeue_hold, "RH", "REQUEUE_HOLD"},
    Word{State::requeue_fed, "RF", "REQUEUE_FED"},
    Word{State::special_exit, "SE", "SPECIAL_EXIT"},
    Word{State::resv_del_hold, "RD", "RESV_DEL_HOLD"},
    Word{State::expediting, "EXPEDITING", "EXPEDITING"},
    Word{State::configuring, "CF", "CONFIGURING"},
    Word{State::running, "R", "RUNNING"},
    Word{State::suspended, "S", "SUSPENDED"},
    Word{State::stopped, "ST", "STOPPED"},
    Word{State::signaling, "SI", "SIGNALING"},
    Word{State::resizing, "RS", "RESIZING"},
    Word{State::completing, "CG", "COMPLETING"},
    Word{State::stage_out, "SO", "STAGE_OUT"},
    Word{State::completed, "CD", "COMPLETED"},
    Word{State::cancelled, "CA", "CANCELLED"},
    Word{State::failed, "F", "FAILED"},
    Word{State::timeout, "TO", "TIMEOUT"},
    Word{State::node_fail, "NF", "NODE_FAIL"},
    Word{State::preempted, "PR", "PREEMPTED"},
    Word{State::boot_fail, "BF", "BOOT_FAIL"},
    Word{State::deadline, "DL", "DEADLINE"},
    Word{State::out_of_memory, "OOM", "OUT_OF_MEMORY"},
    Word{State::revoked, "RV", "REVOKED"},
};

}  // namespace

State parse_state(std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"));
  for (const Word& known : state_words) {
    if (word == known.brief || word == known.full) return known.state;
  }
  return State::unknown;
}

std::string_view to_string(State state) {
  for (const Word& known : state_words) {
    if (state == known.state) return known.full;
  }
  return "UNKNOWN";
}

Phase phase_of(State state) {
  if (state == State::unknown) return Phase::unknown;
  if (state >= State::completed) return Phase::over;
  if (state >= State::completing) return Phase::ending;
  if (state >= State::running) return Phase::running;
  return Phase::waiting;
}

}  // namespace stune::slurm
