/// \file A Slurm that is a value: it answers the commands of SlurmRunner at once, as told.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/commands.hpp"
#include "base/wakeup.hpp"

namespace stune::slurm {

struct FakeJob {
  std::string name;
  std::string state = "PENDING";
  std::string reason = "None";
  bool in_queue = true;
  bool in_accounting = true;
  std::string folder{};  ///< where it runs
};

class FakeSlurm : public Commands {
 public:
  /// What the next sbatch does; then normal again.
  enum class Submit { accepts, loses_answer, loses_request, takes_it_and_refuses, cannot_start, meets_own_limit };

  CommandId start(CommandCall call) override;
  std::vector<std::pair<CommandId, CommandResult>> finished() override;
  int wake_fd() const override { return wakeup_.fd(); }
  TimePoint next_deadline() const override { return TimePoint::max(); }

  int count(const std::string& program) const;
  std::vector<CommandCall> calls_of(const std::string& program) const;
  FakeJob& job(const std::string& id) { return jobs.at(id); }

  std::map<std::string, FakeJob> jobs;  ///< by "4711" or "4700_3"
  Submit next_submit = Submit::accepts;
  std::optional<Submit> every_submit;  ///< instead
  std::deque<std::string> refusals;    ///< of the next calls of sbatch
  bool down = false;                   ///< the controller
  bool empty = false;                  ///< squeue sees nothing, and says that this is fine
  bool accounting = true;
  bool database_down = false;
  bool split = true;  ///< false: accounting shows the tasks of an array in one line
  bool cancel_fails = false;
  std::vector<CommandCall> calls;
  std::map<std::string, CommandResult> words;  ///< by program: what it says instead, whatever it is asked

 private:
  CommandResult answer(const std::string& program, const CommandCall& call);
  CommandResult submit(const CommandCall& call);
  CommandResult queue(const CommandCall& call) const;
  CommandResult account(const CommandCall& call) const;
  CommandResult cancel(const CommandCall& call);

  Wakeup wakeup_;
  int next_job_ = 100;
  std::vector<std::pair<CommandId, CommandResult>> finished_;
};

}  // namespace stune::slurm
