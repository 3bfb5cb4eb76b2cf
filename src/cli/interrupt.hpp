/// \file Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 (which batch systems send before time is over) while an experiment runs.
/// The library touches no signals; this program does.
#pragma once

#include "base/wakeup.hpp"

namespace stune::cli {

/// While one of these exists, the first such signal makes wakeup() readable and a second one ends the program at once
/// (exit code 130); SIGPIPE is ignored, so that a closed terminal does not end a run. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const Wakeup& wakeup() const { return wakeup_; }

 private:
  Wakeup wakeup_;
};

}  // namespace stune::cli
