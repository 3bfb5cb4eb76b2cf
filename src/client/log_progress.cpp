#include "client/log_progress.hpp"

#include <algorithm>
#include <cctype>

#include "base/log.hpp"

namespace stune {

std::string ranges(std::vector<int> indices) {
  std::ranges::sort(indices);
  std::string text;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t last = i;
    while (last + 1 < indices.size() && indices[last + 1] == indices[last] + 1) ++last;
    if (!text.empty()) text += ", ";
    text += std::to_string(indices[i]);
    if (last > i) text += " - " + std::to_string(indices[last]);
    i = last + 1;
  }
  return text;
}

void LogProgress::trials_started(std::span<const int> trials) {
  log::info("Running trials [" + ranges({trials.begin(), trials.end()}) + "]...");
}

void LogProgress::trials_ended(std::span<const int> trials, TrialStatus status) {
  std::string name = to_string(status);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  log::info("Retrieved " + name + " trials: " + ranges({trials.begin(), trials.end()}) + ".");
}

void LogProgress::notice(const std::string& text) { log::info(text); }

}  // namespace stune
