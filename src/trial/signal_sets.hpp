/// \file What a process does about signals, as the kernel tells it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace stune::trial {

/// Bit s - 1 stands for signal s.
struct SignalSets {
  std::uint64_t pending = 0;
  std::uint64_t blocked = 0;
  std::uint64_t ignored = 0;
  std::uint64_t caught = 0;

  bool is_pending(int signal) const { return holds(pending, signal); }
  /// False: a process that got `signal` is gone, unless the signal's default is to do nothing.
  bool survives(int signal) const { return holds(blocked | ignored | caught, signal); }

 private:
  static bool holds(std::uint64_t set, int signal) { return ((set >> static_cast<unsigned>(signal - 1)) & 1U) != 0; }
};

/// From the text of /proc/PID/status; what is not in it is empty.
SignalSets parse_signal_sets(std::string_view status);
/// All empty if there is no such process.
SignalSets signal_sets_of(pid_t pid);

}  // namespace stune::trial
