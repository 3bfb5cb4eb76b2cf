/// \file Slurm asked one question at a time, for commands that have nothing else to do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "runners/slurm_channel.hpp"

namespace stune::slurm {

class Interview {
 public:
  /// References outlive the interview. Throws RunnerError where Slurm is not installed.
  Interview(Commands& commands, Clock& clock, const Environment& environment, std::string cluster)
      : commands_(commands), clock_(clock), channel_(commands, environment, std::move(cluster)) {}

  /// Blocks until the answer is there, minutes at most.
  CommandResult ask(Tool tool, std::vector<std::string> arguments, Environment environment = {}) {
    channel_.start(tool, std::move(arguments), std::move(environment));
    while (true) {
      if (auto answer = channel_.take(clock_.now())) return std::move(answer->result);
      const int wake = commands_.wake_fd();
      clock_.wait({&wake, 1}, commands_.next_deadline());
    }
  }

 private:
  Commands& commands_;
  Clock& clock_;
  Channel channel_;
};

}  // namespace stune::slurm
