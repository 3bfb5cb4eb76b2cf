#include "scheduler/retention.hpp"

#include <charconv>

#include "experiment/keep.hpp"
#include "scheduler/failure_policy.hpp"
#include "trial/folder.hpp"

namespace stune {

bool is_folder_due(const Experiment& experiment, const Trial& trial) {
  if (!is_terminal(trial.status) || trial.attempts.empty()) return false;
  switch (parse_keep(experiment.options().keep)) {
    case Keep::all:
      return false;
    case Keep::failed:
      return trial.status != TrialStatus::failed && !gave_up(trial);
    case Keep::best:
      return trial.index != experiment.best_observed();
  }
  return false;
}

bool is_seen_to_end(const Attempt& attempt) {
  if (!attempt.ending || attempt.ending->started) return true;  // only an exit record tells when it started
  switch (attempt.ending->cause) {
    case Cause::lost:
    case Cause::node_failure:
    case Cause::stopped:
      return false;
    default:
      return true;
  }
}

std::optional<int> submission_of(const Attempt& attempt) {
  const auto found = attempt.metadata.find(submission_key);
  if (found == attempt.metadata.end()) return std::nullopt;
  const std::string& text = found->second;
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && number >= 0 ? std::optional(number) : std::nullopt;
}

bool SubmissionHolders::release(const std::string& token) {
  const auto held = holders_.find(token);
  if (held == holders_.end() || --held->second > 0) return false;
  holders_.erase(held);
  return true;
}

}  // namespace stune
