/// \file Tells when processes end, ours or not, through one descriptor for all of them.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/children.hpp"
#include "base/descriptor.hpp"
#include "stune/trial.hpp"

namespace stune {

/// epoll over pidfds. Where a pidfd cannot be had (kernels before 5.3, too many open files) the process is looked up in
/// /proc at every call of ended(), and needs_timer() says so.
class ProcessWatch {
 public:
  ProcessWatch();
  /// `process` is a child not yet reaped, or a process known to have lived a moment ago. One process for each key.
  void add(AttemptId key, pid_t process);
  void remove(AttemptId key);
  /// Keys of processes that have ended, each once; they are removed.
  std::vector<AttemptId> ended();
  /// False if there is no such process any more. Never hits a later process with the same pid.
  bool signal(AttemptId key, int number);
  int fd() const { return epoll_.get(); }
  bool needs_timer() const { return !unwatched_.empty() || !gone_.empty(); }

 private:
  Descriptor epoll_;
  std::map<AttemptId, Descriptor> watched_;
  std::map<AttemptId, ProcessIdentity> unwatched_;
  std::vector<AttemptId> gone_;  ///< that had ended when they were added
};

}  // namespace stune
