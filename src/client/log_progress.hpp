/// \file What a run says where nobody watches a live line: log lines as the tutorial shows them.
#pragma once

#include <string>
#include <vector>

#include "stune/progress.hpp"

namespace stune {

/// On standard error: "Running trials [3]...", "Retrieved COMPLETED trials: 0 - 2.". What happened in one round comes
/// together in one line.
class LogProgress : public Progress {
 public:
  void trials_started(std::span<const int> trials) override;
  void trials_ended(std::span<const int> trials, TrialStatus status) override;
  void notice(const std::string& text) override;
};

/// "0 - 2, 5, 7 - 8".
std::string ranges(std::vector<int> indices);

}  // namespace stune
