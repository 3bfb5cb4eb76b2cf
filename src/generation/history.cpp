#include "generation/history.hpp"

#include <cmath>
#include <limits>

namespace stune {
namespace {

constexpr std::int64_t nothing_seen = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t final_seen = std::numeric_limits<std::int64_t>::max();

std::int64_t rank(std::int64_t step) { return step == final_step ? final_seen : step; }

}  // namespace

void History::apply(const Event& event) {
  if (const auto* created = std::get_if<ExperimentCreated>(&event.what)) {
    definition_ = created->definition;
    options_ = created->options;
    wanted_at_first_ = options_.trials;
  } else if (const auto* changed = std::get_if<OptionsChanged>(&event.what)) {
    options_ = changed->options;
  } else if (const auto* trial = std::get_if<TrialCreated>(&event.what)) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    points_.push_back({definition_.space.encode(trial->parameters), State::pending, unknown, unknown, 0});
    known_.insert(points_.back().x);
    best_step_.push_back(nothing_seen);
  } else if (const auto* observed = std::get_if<Observed>(&event.what)) {
    observe(observed->trial, observed->observations);
  } else if (const auto* ended = std::get_if<TrialEnded>(&event.what)) {
    end(*ended);
    points_[static_cast<std::size_t>(ended->trial)].ended = event.sequence;
    last_evidence_ = event.sequence;
  } else if (const auto* fitted = std::get_if<ModelFitted>(&event.what)) {
    fitted_ = *fitted;
    ++fits_;
  }
}

void History::end(const TrialEnded& ended) {
  observe(ended.trial, ended.observations);
  Point& point = points_[static_cast<std::size_t>(ended.trial)];
  const bool counts = ended.status == TrialStatus::completed || ended.status == TrialStatus::early_stopped;
  if (ended.status == TrialStatus::abandoned) {
    point.state = State::withdrawn;
  } else if (counts && std::isfinite(point.y)) {
    point.state = State::observed;
    ++observed_;
  } else {
    point.state = State::failed;
  }
}

void History::observe(int trial, const std::vector<Observation>& observations) {
  if (definition_.optimization.objectives.empty()) return;
  const Objective& objective = definition_.optimization.objectives.front();
  Point& point = points_[static_cast<std::size_t>(trial)];
  std::int64_t& seen = best_step_[static_cast<std::size_t>(trial)];
  for (const Observation& o : observations) {
    if (o.metric != objective.metric || rank(o.step) < seen) continue;
    seen = rank(o.step);
    point.y = objective.minimize ? -o.mean : o.mean;
    point.sem = o.sem;
  }
}

}  // namespace stune
