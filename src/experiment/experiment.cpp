#include "experiment/experiment.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "stune/error.hpp"

namespace stune {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw StorageError("this cannot have happened: " + why); }

std::string name_of(int trial) { return "trial " + std::to_string(trial); }
std::string name_of(AttemptId id) {
  return "attempt " + std::to_string(id.attempt) + " of trial " + std::to_string(id.trial);
}

bool fits(const Parameter& parameter, const Value& value) {
  switch (parameter.kind) {
    case ParameterKind::real:
      return std::holds_alternative<double>(value);
    case ParameterKind::integer:
      return std::holds_alternative<std::int64_t>(value);
    case ParameterKind::boolean:
      return std::holds_alternative<bool>(value);
    case ParameterKind::categorical:
    case ParameterKind::ordinal:
    case ParameterKind::fixed:
      break;
  }
  return std::ranges::find(parameter.values, value) != parameter.values.end();
}

/// Later words on the same metric and step replace earlier ones; what is only said again was told when it was first.
void merge(std::vector<Observation>& known, const std::vector<Observation>& news) {
  known.reserve(known.size() + news.size());
  for (const Observation& observation : news) {
    const auto same = std::find_if(known.rbegin(), known.rend(), [&](const Observation& o) {
      return o.step == observation.step && o.metric == observation.metric;
    });
    if (same == known.rend()) {
      known.push_back(observation);
    } else {
      const auto first = same->mean == observation.mean ? same->at : std::nullopt;
      *same = observation;
      if (first) same->at = first;
    }
  }
}

/// The attempt may still change.
bool is_open(const Attempt& attempt) {
  return attempt.state != JobState::ended && attempt.state != JobState::absent && attempt.state != JobState::deferred;
}

}  // namespace

void Experiment::apply(const Event& event) {
  if (event.sequence != last_ + 1) {
    refuse("event " + std::to_string(event.sequence) + " follows event " + std::to_string(last_));
  }
  const bool creates = std::holds_alternative<ExperimentCreated>(event.what);
  if (creates != (last_ == 0)) {
    refuse(creates ? "the experiment is created a second time" : "the first event does not create the experiment");
  }
  std::visit([&](const auto& what) { take(what, event); }, event.what);
  last_ = event.sequence;
  last_change_ = event.at;
}

const Trial& Experiment::known(int trial) const {
  if (trial < 0 || static_cast<std::size_t>(trial) >= trials_.size()) refuse(name_of(trial) + " does not exist");
  return trials_[static_cast<std::size_t>(trial)];
}

const Trial& Experiment::open_trial(int trial) const {
  const Trial& found = known(trial);
  if (is_terminal(found.status)) refuse(name_of(trial) + " has ended before (" + to_string(found.status) + ")");
  return found;
}

void Experiment::set_status(Trial& trial, TrialStatus status) {
  --counts_[static_cast<std::size_t>(trial.status)];
  ++counts_[static_cast<std::size_t>(status)];
  trial.status = status;
}

void Experiment::move(int trial, std::set<int>* to) {
  if (to != nullptr) to->insert(trial);  // first: the one step that may throw
  for (std::set<int>* set : {&waiting_, &live_, &fetching_}) {
    if (set != to) set->erase(trial);
  }
}

void Experiment::take(const ExperimentCreated& what, const Event& event) {
  Definition definition = what.definition;
  parallel_over_time_ = {{event.at, what.options.parallel}};
  options_ = what.options;
  definition_ = std::move(definition);
  created_ = event.at;
}

void Experiment::take(const OptionsChanged& what, const Event& event) {
  if (what.options.parallel != options_.parallel) parallel_over_time_.emplace_back(event.at, what.options.parallel);
  options_ = what.options;
  stop_asked_ = false;
}

void Experiment::take(const TrialCreated& what, const Event& event) {
  const SearchSpace& space = definition_.space;
  if (what.trial != static_cast<int>(trials_.size())) {
    refuse(name_of(what.trial) + " is created where " + name_of(static_cast<int>(trials_.size())) + " comes next");
  }
  bool valid = what.parameters.size() == space.parameters().size();
  for (std::size_t i = 0; valid && i < what.parameters.size(); ++i) {
    valid =
        what.parameters.name(i) == space.parameters()[i].name && fits(space.parameters()[i], what.parameters.value(i));
  }
  if (!valid) refuse("the parameters of " + name_of(what.trial) + " are not those of the search space");

  Trial trial;
  trial.index = what.trial;
  trial.parameters = Parameterization(space.names(), what.parameters.values());
  trial.generator = what.generator;
  trial.status = what.manual ? TrialStatus::running : TrialStatus::created;
  trial.created = event.at;
  trials_.push_back(std::move(trial));
  ++counts_[static_cast<std::size_t>(trials_.back().status)];
  (what.manual ? manual_ : waiting_).insert(what.trial);
  if (!what.request.empty()) served_[what.request] = what.trial;
}

void Experiment::take(const SubmissionIntended& what, const Event& event) {
  if (what.token.empty() || what.attempts.empty()) refuse("a submission without a token or without attempts");
  std::set<int> seen;
  for (const AttemptId id : what.attempts) {
    const Trial& trial = open_trial(id.trial);
    if (!seen.insert(id.trial).second) refuse(name_of(id.trial) + " is there twice in one submission");
    if (!waiting_.contains(id.trial)) refuse(name_of(id.trial) + " does not wait to be submitted");
    const int next = static_cast<int>(trial.attempts.size());
    const bool deferred = next > 0 && trial.attempts.back().state == JobState::deferred;
    if (id.attempt != (deferred ? next - 1 : next)) {
      refuse(name_of(id) + " is submitted where attempt " + std::to_string(deferred ? next - 1 : next) + " is due");
    }
  }
  for (const AttemptId id : what.attempts) {
    Trial& trial = trials_[static_cast<std::size_t>(id.trial)];
    Attempt attempt;
    attempt.token = what.token;
    attempt.submitted = event.at;
    if (static_cast<std::size_t>(id.attempt) < trial.attempts.size()) {
      trial.attempts.back() = std::move(attempt);
    } else {
      trial.attempts.push_back(std::move(attempt));
    }
    set_status(trial, TrialStatus::running);
    move(id.trial, &live_);
  }
}

void Experiment::take(const JobReported& what, const Event& event) {
  const Trial& found = open_trial(what.id.trial);
  if (what.id.attempt < 0 || what.id.attempt + 1 != static_cast<int>(found.attempts.size())) {
    refuse(name_of(what.id) + " is not its last attempt");
  }
  if (!is_open(found.attempts.back())) {
    refuse(name_of(what.id) + " is over (" + to_string(found.attempts.back().state) + ") and reported again");
  }
  const bool ended = what.state == JobState::ended;
  if (ended && !what.ending) refuse(name_of(what.id) + " ended without an ending");
  if (what.ending && !ended && what.state != JobState::absent) {
    refuse(name_of(what.id) + " has an ending and is " + to_string(what.state));
  }

  Trial& trial = trials_[static_cast<std::size_t>(what.id.trial)];
  Attempt& attempt = trial.attempts.back();
  attempt.state = what.state;
  if (what.metadata) attempt.metadata = *what.metadata;
  if (what.state == JobState::running && !attempt.started) attempt.started = event.at;
  if (what.ending) attempt.ending = what.ending;
  if (what.ending && what.ending->started) attempt.started = what.ending->started;
  // A trial whose attempt ended for want of time or memory goes on only if it is granted more.
  const bool again =
      !is_open(attempt) && (!ended || is_infrastructure(what.ending->cause) || what.ending->cause == Cause::timeout ||
                            what.ending->cause == Cause::out_of_memory);
  if (ended && !again) {
    move(trial.index, &fetching_);
  } else if (again) {
    set_status(trial, TrialStatus::created);
    move(trial.index, &waiting_);
  }
}

void Experiment::take(const Observed& what, const Event& event) {
  open_trial(what.trial);
  std::vector<Observation> news = what.observations;
  for (Observation& observation : news) {
    if (is_manual(what.trial) && observation.step != final_step && !observation.at) observation.at = event.at;
  }
  merge(trials_[static_cast<std::size_t>(what.trial)].observations, news);
}

void Experiment::take(const TrialEnded& what, const Event& event) {
  const Trial& found = open_trial(what.trial);
  if (!is_terminal(what.status)) refuse(name_of(what.trial) + " ends as " + to_string(what.status));
  const bool has_result = what.status == TrialStatus::completed || what.status == TrialStatus::early_stopped;
  if (has_result && found.status == TrialStatus::created && !what.ending) {
    refuse(name_of(what.trial) + " is " + to_string(what.status) + " without having run");
  }
  if (live_.contains(what.trial) && !what.ending) {
    refuse(name_of(what.trial) + " ends while its attempt may still run");
  }
  if (what.ending && (found.attempts.empty() || found.attempts.back().state == JobState::deferred)) {
    refuse(name_of(what.trial) + " has no attempt that could have ended");
  }

  Trial& trial = trials_[static_cast<std::size_t>(what.trial)];
  merge(trial.observations, what.observations);
  trial.reason = what.reason;
  trial.ended = event.at;
  if (what.ending) {
    Attempt& attempt = trial.attempts.back();
    attempt.state = JobState::ended;
    attempt.ending = what.ending;
    if (what.ending->started) attempt.started = what.ending->started;
  }
  set_status(trial, what.status);
  move(what.trial, nullptr);
  trial_stops_.erase(what.trial);
  last_evidence_ = event.sequence;
  if (what.status == TrialStatus::completed) compare_with_best(trial);
}

void Experiment::take(const ModelFitted& what, const Event&) {
  if (what.made_from > last_) refuse("a model was fitted to event " + std::to_string(what.made_from));
  last_fitted_to_ = what.made_from;
}

void Experiment::take(const StopAsked& what, const Event&) {
  if (what.trial == -1) {
    stop_asked_ = true;
    return;
  }
  open_trial(what.trial);
  trial_stops_.insert(what.trial);
}

void Experiment::compare_with_best(const Trial& trial) {
  const std::optional<Observation> mine = objective_of(*this, trial);
  if (!mine || !std::isfinite(mine->mean)) return;
  if (best_ < 0) {
    best_ = trial.index;
    return;
  }
  const double best = objective_of(*this, trials_[static_cast<std::size_t>(best_)])->mean;
  const bool better = definition_.optimization.objectives.front().minimize ? mine->mean < best : mine->mean > best;
  if (better) best_ = trial.index;
}

std::string why_not_ended_by_hand(const Experiment& experiment, int trial, TrialStatus status,
                                  const std::vector<Observation>& observations) {
  if (!experiment.is_manual(trial)) {
    if (experiment.live().contains(trial)) return name_of(trial) + " runs or is queued; stop it to end it";
    const bool has_result = status == TrialStatus::completed || status == TrialStatus::early_stopped;
    if (experiment.waiting().contains(trial) && has_result) {
      return name_of(trial) + " has not run yet, and is not one to be run by hand";
    }
  }
  if (status != TrialStatus::completed || objective_of(experiment, experiment.trial(trial))) return {};
  const std::string missing = missing_objective(experiment, observations);
  if (missing.empty()) return {};
  return name_of(trial) + " needs a value of the objective " + missing + " to be completed";
}

std::string missing_objective(const Experiment& experiment, const std::vector<Observation>& observations) {
  for (const Objective& objective : experiment.definition().optimization.objectives) {
    const auto tells = [&](const Observation& told) { return told.metric == objective.metric; };
    if (std::ranges::none_of(observations, tells)) return objective.metric;
  }
  return {};
}

std::optional<Observation> objective_of(const Experiment& experiment, const Trial& trial) {
  const std::vector<Objective>& objectives = experiment.definition().optimization.objectives;
  return objectives.empty() ? std::nullopt : latest(trial, objectives.front().metric);
}

}  // namespace stune
