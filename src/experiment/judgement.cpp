#include "experiment/judgement.hpp"

#include <cmath>

#include "base/text.hpp"

namespace stune {
namespace {

/// Why these are no result; empty if they are one.
std::string fault_of(const Trial& said, const std::string& objective) {
  const std::optional<Observation> last = latest(said, objective);
  if (!last) return "the trial ended without a value of " + objective;
  if (std::isfinite(last->mean)) return {};
  const std::string where = last->step == final_step ? "" : " at step " + std::to_string(last->step);
  return "the trial reported " + objective + " = " + format_number(last->mean) + where;
}

}  // namespace

TrialEnded judged(const Experiment& experiment, TrialEnded end) {
  if (end.status != TrialStatus::completed) return end;
  Trial said;
  if (end.trial < static_cast<int>(experiment.trials().size())) {
    said.observations = experiment.trial(end.trial).observations;
  }
  said.observations.insert(said.observations.end(), end.observations.begin(), end.observations.end());
  for (const Objective& objective : experiment.definition().optimization.objectives) {
    std::string fault = fault_of(said, objective.metric);
    if (fault.empty()) continue;
    end.status = TrialStatus::failed;
    end.reason = std::move(fault);
    break;
  }
  return end;
}

}  // namespace stune
