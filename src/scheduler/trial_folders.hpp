/// \file Makes the trials' folders, and removes those that --keep does not want any more.
///
/// A start that does not find its trial's folder does nothing and makes none: so a folder that is away keeps strays
/// (requeued, late, doubled) off as well as the claims in it did. Therefore the loop makes the folder before anybody is
/// told to start there, and a removal begins with one rename: at no time does a start find a folder without its claims.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "experiment/keep.hpp"
#include "scheduler/retention.hpp"
#include "trial/folder.hpp"

namespace stune {

/// Does what the rules in retention.hpp say; keeps nothing that the experiment and the folders do not tell again after
/// a restart. Never throws. `experiment` outlives it.
class TrialFolders {
 public:
  TrialFolders(const std::filesystem::path& folder, const Experiment& experiment);

  /// Before the runner sees the submissions. What cannot be made is found missing by the node program.
  void make(std::span<const Submission> submissions);
  /// The end of this trial is journaled.
  void ended(int trial);
  /// Removes a part of what is due, small enough for a round. Looks at all folders first where --keep is another one
  /// than at the last call. True: call again.
  bool clean();
  /// The first thing that could not be removed, once; empty: nothing new.
  std::string take_complaint() { return std::exchange(complaint_, {}); }

 private:
  void look_at_all();
  void consider(int trial);
  void set_aside(int trial);
  bool may_be_written_to(const Trial& trial) const;
  void complain(const std::string& failure);

  ExperimentFolder folder_;
  const Experiment& experiment_;
  std::optional<Keep> keep_;  ///< at the last call of clean()
  int best_ = -1;
  std::deque<int> due_;
  std::deque<int> due_submissions_;
  SubmissionHolders holders_;
  bool removing_ = true;  ///< something may lie in removed(): an earlier process may have left it
  bool complained_ = false;
  std::string complaint_;
};

}  // namespace stune
