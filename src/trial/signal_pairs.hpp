/// \file Which signals to hand on to the command: only those that it did not get itself.
///
/// A batch system signals either every process of a job or only the first one, and nothing in a signal tells which. So
/// a second process, the witness (trial/witness.hpp), stands where the command stands: in the same job, outside the
/// node program's process group. What the witness gets within `window` of the node program, everybody got; what it
/// does not get was meant for the node program alone and is handed on.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

namespace stune::trial {

/// Pure: time is an argument, and never goes back.
class SignalPairs {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds window{250};

  /// The node program got `signal`.
  void received(int signal, Time now);
  /// The witness got `signal`. Covers a received one as long as due() has not returned that, even after its window: who
  /// was slow may have been this process.
  void witnessed(int signal, Time now);
  /// `signal` is about to be witnessed: those that wait for it wait a little more.
  void expect(int signal, Time now);
  /// One received `signal` has been seen to; it is not handed on.
  void settle(int signal);
  /// Signals whose window is over: to be asked for before due().
  std::vector<int> overdue(Time now) const;
  /// The signals to be handed on now, each once.
  std::vector<int> due(Time now);
  /// When due() will have something, unless the witness speaks.
  std::optional<Time> next_due() const;

 private:
  struct Waiting {
    int signal;
    Time until;
  };
  /// Removes one `signal` that waits at least until `now`; false if there is none.
  static bool take(std::vector<Waiting>& waiting, int signal, Time now);

  std::vector<Waiting> received_;
  std::vector<Waiting> witnessed_;
};

}  // namespace stune::trial
