#include "client/control.hpp"

#include "client/session.hpp"
#include "storage/codec.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

std::string name_of(int trial) { return "trial " + std::to_string(trial); }

void check_exists(const Experiment& experiment, int trial) {
  const std::size_t count = experiment.trials().size();
  if (trial >= 0 && trial < static_cast<int>(count)) return;
  throw ConfigError("there is no " + name_of(trial) + "; " + experiment.definition().name + " has " +
                    std::to_string(count) + (count == 1 ? " trial" : " trials") + ", counted from 0");
}

Session open(const fs::path& folder, const Reach& reach) {
  SessionParts parts;
  parts.take_over = reach.take_over;
  parts.clock = reach.clock;
  return Session::open(folder, std::move(parts));
}

/// The owner took a request, and its journal shows nothing of it: something has happened in between.
void expect(bool happened, const View& seen, const std::string& what) {
  if (!happened) throw ConfigError(seen.owner + " has refused " + what + "; its own messages say why");
}

OwnTrial outcome(const Experiment& experiment, int trial, const std::string& owner) {
  return {trial, experiment.trial(trial).status, experiment.best_observed() == trial, owner};
}

void check_told_by_hand(const Experiment& experiment, int trial, TrialStatus status,
                        const std::vector<Observation>& observations) {
  check_exists(experiment, trial);
  const TrialStatus now = experiment.trial(trial).status;
  if (is_terminal(now)) throw ConfigError(name_of(trial) + " has ended already: " + to_string(now));
  if (!experiment.is_manual(trial)) {
    throw ConfigError(name_of(trial) + " is run by stune itself, which reads its results");
  }
  if (status == TrialStatus::running) return;
  const std::string why = why_not_ended_by_hand(experiment, trial, status, observations);
  if (!why.empty()) throw ConfigError(why);
}

}  // namespace

std::string stop_experiment(const fs::path& folder, int trial, Progress& progress, const Reach& reach) {
  const View seen = view(folder);
  if (trial >= 0) check_exists(seen.experiment, trial);
  StopRequest request;
  if (trial >= 0) request.trial = trial;
  request.why = "asked for on the command line";
  if (deliver(folder, seen, request, reach).taken) return seen.owner;
  open(folder, reach).stop(trial, progress);
  return {};
}

std::string set_options(const fs::path& folder, const std::map<std::string, std::string>& changes, const Reach& reach) {
  const View seen = view(folder);
  const RunOptions options = changed(seen.experiment.options(), changes);
  if (deliver(folder, seen, SetRequest{changes}, reach).taken) {
    const RunOptions now = view(folder).experiment.options();
    expect(changed(now, changes) == now, seen, "the new options");
    return seen.owner;
  }
  open(folder, reach).change(options);
  return {};
}

OwnTrial attach_trial(const fs::path& folder, const Parameterization& parameters, bool manual,
                      std::vector<Observation> results, const Reach& reach) {
  const View seen = view(folder);
  const Parameterization valid = seen.experiment.definition().space.validated(parameters);
  const std::string missing = missing_objective(seen.experiment, results);
  if (!results.empty() && !missing.empty()) {
    throw ConfigError("the results do not hold the objective; add --result " + missing + "=VALUE");
  }
  AttachRequest request{{}, manual || !results.empty(), results};
  for (std::size_t i = 0; i < valid.size(); ++i) request.parameters.emplace_back(valid.name(i), valid.value(i));
  const Delivery delivery = deliver(folder, seen, request, reach);
  if (delivery.taken) {
    const Experiment now = view(folder).experiment;
    const int trial = now.made_for(delivery.id);
    expect(trial >= 0, seen, "the trial");
    return outcome(now, trial, seen.owner);
  }
  Session session = open(folder, reach);
  // An owner may have ended between taking the request and removing it.
  int trial = delivery.id.empty() ? -1 : session.experiment().made_for(delivery.id);
  if (trial < 0) {
    trial = session.attach(valid, request.manual);
    if (!results.empty()) session.end(trial, TrialStatus::completed, std::move(results));
  }
  return outcome(session.experiment(), trial, {});
}

OwnTrial tell_trial(const fs::path& folder, int trial, TrialStatus status, std::vector<Observation> observations,
                    const std::string& reason, const Reach& reach) {
  const View seen = view(folder);
  check_told_by_hand(seen.experiment, trial, status, observations);
  if (deliver(folder, seen, TellRequest{trial, observations, status, reason}, reach).taken) {
    const Experiment now = view(folder).experiment;
    expect(now.trial(trial).status == status, seen, "the results of " + name_of(trial));
    return outcome(now, trial, seen.owner);
  }
  Session session = open(folder, reach);
  check_told_by_hand(session.experiment(), trial, status, observations);
  if (status == TrialStatus::running) {
    session.observe(trial, std::move(observations));
  } else {
    session.end(trial, status, std::move(observations), reason);
  }
  return outcome(session.experiment(), trial, {});
}

}  // namespace stune
