/// \file A second small process beside the node program, with two duties. It tells which signals went to the whole job
/// (trial/signal_pairs.hpp). And should the node program be killed, it kills the command and writes the exit record, so
/// that nothing runs on unseen.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace stune::trial {

/// The signals that are recorded and handed on.
const std::vector<int>& forwarded_signals();

class Witness {
 public:
  /// Forks. The calling process has one thread and has blocked forwarded_signals(). If the caller is killed before
  /// release(), the witness kills the process group given to guard() and every process with all `marks` in its
  /// environment, and calls `on_orphaned`. Where there can be no second process, pid() is -1 and everything else does
  /// nothing.
  Witness(const std::vector<std::string>& marks, const std::function<void()>& on_orphaned);
  ~Witness() { release(); }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  pid_t pid() const { return pid_; }
  /// Readable when seen() has something, or -1.
  int fd() const { return reports_.get(); }
  /// Signals that it got since the last call.
  std::vector<int> seen();
  /// It got `signal` and has not come to report it. To be asked before seen(), so that nothing falls in between.
  bool has_pending(int signal) const;
  void guard(pid_t group);
  /// It ends without doing anything; waits for that. Idempotent.
  void release();

 private:
  void send(pid_t word);

  pid_t pid_ = -1;
  Descriptor reports_;
  Descriptor orders_;
};

}  // namespace stune::trial
