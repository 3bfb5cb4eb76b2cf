/// \file Whose folders are wanted no longer (--keep): pure rules, no I/O.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "experiment/experiment.hpp"

namespace stune {

/// The trial is over, its verdict is final, and --keep does not want its folder. Once true it stays so, unless the
/// option changes. O(1).
bool is_folder_due(const Experiment& experiment, const Trial& trial);

/// The attempt never ran, or somebody saw it end. Else (a node or a job that vanished) only its folder can tell, and
/// what started in it may write there still.
bool is_seen_to_end(const Attempt& attempt);

/// The folder of the submission that an attempt was part of; nothing where runners have none.
std::optional<int> submission_of(const Attempt& attempt);

/// Counts which submissions still have a trial that needs their folder: one that is not over, or whose own folder
/// stays.
class SubmissionHolders {
 public:
  void hold(const std::string& token) { ++holders_[token]; }
  /// One of its trials needs it no longer. True: nobody does.
  bool release(const std::string& token);

 private:
  std::map<std::string, int> holders_;
};

}  // namespace stune
