#include "cli/unreported.hpp"

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/table.hpp"
#include "h5/reader.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/folder.hpp"

namespace stune::cli {

namespace {

constexpr int lines_shown = 5;

AttemptId last_attempt(const Trial& trial) { return {trial.index, static_cast<int>(trial.attempts.size()) - 1}; }

bool ran_to_its_end(const Trial& trial) {
  return trial.status == TrialStatus::failed && !trial.attempts.empty() && trial.attempts.back().ending &&
         trial.attempts.back().ending->cause == Cause::completed;
}

/// With `stune metric` and in $STUNE_METRICS; standard errors and steps are not counted.
std::vector<std::string> reported_by(const AttemptFolder& attempt) {
  const auto last = last_start(attempt);
  const int start = last ? last->start : 0;
  std::set<std::string> names;
  if (const auto record = read_exit_record(attempt.exit_record(start))) {
    for (const Observation& observation : record->observations) names.insert(observation.metric);
  }
  for (const std::string& name : h5::Reader().read(attempt.metrics(start), {}).names) {
    if (!name.ends_with(".sem") && !name.ends_with(".step") && !name.ends_with(".time")) names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::string indented(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += "    " + printable(text.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return result;
}

}  // namespace

std::optional<AttemptId> last_failure(const Experiment& experiment) {
  const auto& trials = experiment.trials();
  for (auto trial = trials.rbegin(); trial != trials.rend(); ++trial) {
    if (trial->status == TrialStatus::failed && !trial->attempts.empty()) return last_attempt(*trial);
  }
  return std::nullopt;
}

std::string unreported_text(const std::filesystem::path& folder, const Experiment& experiment) {
  const std::string& objective = experiment.definition().optimization.objectives.at(0).metric;
  const auto is_it = [&](const Observation& observation) { return observation.metric == objective; };
  const Trial* last = nullptr;
  for (const Trial& trial : experiment.trials()) {
    if (std::ranges::any_of(trial.observations, is_it)) return {};
    if (ran_to_its_end(trial)) last = &trial;
  }
  if (last == nullptr) return {};
  const AttemptFolder attempt = ExperimentFolder(folder).attempt(last_attempt(*last));
  const auto names = reported_by(attempt);
  if (std::ranges::find(names, objective) != names.end()) return {};
  std::string text = "No trial has reported " + objective;
  text += names.empty()
              ? ", or anything else"
              : "; trial " + std::to_string(last->index) + " reported " + join(names) + did_you_mean(objective, names);
  if (!text.ends_with('?')) text += ".";
  const std::string output = last_lines(attempt.output(), lines_shown);
  if (output.empty()) return text + " Trial " + std::to_string(last->index) + " wrote no output.\n";
  return text + " The output of trial " + std::to_string(last->index) + " ends with\n" + indented(output);
}

}  // namespace stune::cli
