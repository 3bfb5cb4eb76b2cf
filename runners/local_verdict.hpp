/// \file How an attempt on this machine ended: what the exit record says, or what its absence means. Pure.
#pragma once

#include <optional>
#include <string>

#include "trial/exit_record.hpp"

namespace stune {

struct LocalEvidence {
  std::optional<ExitRecord> record;
  bool stop_asked = false;         ///< by our user
  bool claimed = false;            ///< the attempt had begun
  std::optional<int> wait_status;  ///< of the node program, where it was our child
  std::string host;                ///< where it ran
  std::string output;              ///< last lines of the attempt's output
};

Ending local_ending(const LocalEvidence& evidence);

/// Whether the end of the output helps to understand the ending.
constexpr bool wants_last_words(Cause cause) { return cause != Cause::completed && cause != Cause::stopped; }

}  // namespace stune
