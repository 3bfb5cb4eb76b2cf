/// \file How an attempt ended: what its exit record proves, and what Slurm says. One table, pure.
///
/// Columns are what queue or accounting said last; before the job is over (or where its state is not known here) every
/// cell but those of the first row is "wait".
///
///     exit record              | CD        F          TO  OOM PR  NF  BF  DL  CA  CA by root RV     gone
///     -------------------------+--------------------------------------------------------------------------
///     ended by its own will    | as the record says, at once, whatever Slurm says
///     killed by SIGKILL        | signal    signal     TO  OOM PR  NF  NF  TO  CA  PR         signal signal
///     killed by SIGTERM or so  | signal    signal     TO  OOM PR  NF  NF  TO  CA  PR         interr. interr.
///     exit code 137            | as record as record  TO  OOM PR  NF  NF  TO  CA  PR         as rec. as rec.
///     exit code 143            | as record as record  TO  OOM PR  NF  NF  TO  CA  PR         interr. interr.
///     told to end, exit code 0 | completed interrupt. TO  OOM PR  NF  NF  TO  CA  PR         interr. interr.
///     told to end, otherwise   | as record as record  TO  OOM PR  NF  NF  TO  CA  PR         interr. interr.
///     none, but it started     | lost      by signal* TO  OOM PR  NF  NF  TO  CA  PR         lost   lost
///     none, it never started   | launch f. launch f.  TO  OOM PR  NF  NF  TO  CA  PR         lost   lost
///
/// (TO: timeout, OOM: out_of_memory, PR: preempted, NF: node_failure, CA: cancelled; * lost, if no signal killed it.)
/// Where the job's own log, in which only Slurm writes, says what Slurm did to it, FAILED, CA, RV and gone are read as
/// that. "Told to end" means that a signal that asks for an end reached the node program: a command that catches it and
/// exits well under TIMEOUT or scancel did not complete. Signal 9 is out of memory only with evidence. If we asked for
/// the end ourselves, every cell that would not be a result of the command's own will is "stopped".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "runners/slurm_state.hpp"
#include "stune/trial.hpp"
#include "trial/exit_record.hpp"

namespace stune::slurm {

/// What queue or accounting said of a job.
struct Testimony {
  State state = State::unknown;
  std::string reason;               ///< the queue's
  std::optional<int> cancelled_by;  ///< user id; accounting only
  int exit_code = 0;                ///< accounting only
  int signal = 0;                   ///< accounting only
  std::string nodes;                ///< empty while pending
  bool is_last_word = false;        ///< accounting said it, or there is nobody else to ask
};

struct Situation {
  bool started = false;              ///< somebody claimed the attempt
  std::string host{};                ///< that claimed it
  int nodes = 0;                     ///< of its job, by the claim; 0: unknown
  std::optional<ExitRecord> record;  ///< of its last start
  std::optional<Testimony> slurm;
  std::optional<Cause> logged{};  ///< what the job's log says of it, see cause_in_log
  bool gone = false;              ///< neither the queue nor accounting knows the job any more
  bool grace_over = false;        ///< a record that was written would be visible by now
  bool stop_asked = false;
  int user = 0;  ///< our user id
};

struct Wait {
  bool ask_accounting = false;  ///< the queue's word is not enough
};
using Verdict = std::variant<Wait, Ending>;

Verdict judge(const Situation& situation);

/// What Slurm wrote last into the job's log about its end; nothing where that tells no cause.
std::optional<Cause> cause_in_log(std::string_view log);

}  // namespace stune::slurm
