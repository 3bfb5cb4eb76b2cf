/// \file What follows when a trial runs out of time or memory. Pure.
#pragma once

#include <string>

namespace stune {

/// "fail" | "retry[,FACTOR[,TIMES]]": the attempt is repeated with FACTOR times as much (default 2), at most TIMES
/// times (default 2); each time it is multiplied again.
struct Escalation {
  int times = 0;  ///< 0: the trial fails
  double factor = 1.0;

  bool operator==(const Escalation&) const = default;
};

/// Throws ConfigError: what was found, and what is valid.
Escalation parse_escalation(const std::string& text);

}  // namespace stune
