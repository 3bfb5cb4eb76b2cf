/// \file An experiment folder with a shell script that behaves as the contract's jobs ask, for runners that start
/// processes.
#pragma once

#include <filesystem>
#include <map>

#include "base/children.hpp"
#include "base/descriptor.hpp"
#include "tests/contract/runner_contract.hpp"

namespace stune::contract {

/// Makes a fresh experiment folder below `parent` with the node program in it; removes it at the end.
class ScriptPlace {
 public:
  explicit ScriptPlace(const std::filesystem::path& parent);
  ~ScriptPlace();
  ScriptPlace(const ScriptPlace&) = delete;
  ScriptPlace& operator=(const ScriptPlace&) = delete;

  /// Clock and commands are left to the caller.
  const Workplace& workplace() const { return workplace_; }
  Workplace& workplace() { return workplace_; }
  /// The trial's folder and the pipe that its command waits on.
  void prepare(AttemptId id);
  void tell(AttemptId id);
  int starts(AttemptId id) const;
  /// Writes the task and runs the node program to its end.
  void run_node_program(const Job& job);

 private:
  Workplace workplace_;
  std::map<AttemptId, Descriptor> pipes_;  ///< open for reading and writing, so that neither side waits for the other
};

}  // namespace stune::contract
