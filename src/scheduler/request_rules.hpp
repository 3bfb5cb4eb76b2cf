/// \file What requests to a running experiment turn into: pure, no I/O.
#pragma once

#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "storage/requests.hpp"

namespace stune {

struct Ruling {
  std::vector<EventBody> events;
  std::string notice;  ///< for people: what was refused, and why; empty: nothing was
};

/// What a wish to stop a trial (or all with -1) turns into: one that a person runs is abandoned at once, the others are
/// stopped by the loop. Nothing where it has ended already.
std::vector<EventBody> stop_events(const Experiment& experiment, int trial, const std::string& why);

/// One request, on the state that `experiment` has now. Impossible requests (unknown trial, unknown option) are refused
/// with a notice, never an exception. An attach that made its trial already is nothing.
Ruling rule_on(const Experiment& experiment, const ReceivedRequest& received);

}  // namespace stune
