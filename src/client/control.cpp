#include "client/control.hpp"

#include "base/clock.hpp"
#include "client/session.hpp"
#include "storage/codec.hpp"
#include "storage/requests.hpp"
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

std::string ask_owner(const View& seen, const fs::path& folder, const Request& request, const std::string& what) {
  SystemClock clock;
  write_request(folder, request, clock.now());
  return "asked " + seen.owner + " to " + what;
}

/// What has become of a trial that was told or attached.
std::string outcome(const Experiment& experiment, int trial) {
  return "Trial " + std::to_string(trial) + " is " + to_string(experiment.trial(trial).status) +
         (experiment.best_observed() == trial ? ", and the best so far" : "");
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

std::string stop_experiment(const fs::path& folder, int trial, Progress& progress) {
  const View seen = view(folder);
  if (trial >= 0) check_exists(seen.experiment, trial);
  if (!seen.owner.empty()) {
    StopRequest request;
    if (trial >= 0) request.trial = trial;
    request.why = "asked for on the command line";
    return ask_owner(seen, folder, request, "stop " + (trial < 0 ? std::string("the experiment") : name_of(trial)));
  }
  Session session = Session::open(folder);
  const auto live = session.experiment().live().size();
  session.stop(trial, progress);
  if (trial >= 0) return "stopped " + name_of(trial);
  return "stopped; " + std::to_string(live) + " running or queued trials were cancelled";
}

std::string set_options(const fs::path& folder, const std::map<std::string, std::string>& changes) {
  const View seen = view(folder);
  const RunOptions options = changed(seen.experiment.options(), changes);
  if (!seen.owner.empty()) return ask_owner(seen, folder, SetRequest{changes}, "use the new options");
  Session::open(folder).change(options);
  return "changed; the next run uses the new options";
}

std::string attach_trial(const fs::path& folder, const Parameterization& parameters, bool manual,
                         std::vector<Observation> results) {
  const View seen = view(folder);
  const Parameterization valid = seen.experiment.definition().space.validated(parameters);
  const std::string missing = missing_objective(seen.experiment, results);
  if (!results.empty() && !missing.empty()) {
    throw ConfigError("the results do not hold the objective; add --result " + missing + "=VALUE");
  }
  if (!seen.owner.empty()) {
    AttachRequest request{{}, manual || !results.empty(), std::move(results)};
    for (std::size_t i = 0; i < valid.size(); ++i) request.parameters.emplace_back(valid.name(i), valid.value(i));
    return ask_owner(seen, folder, request, "add the trial; it will be the next new one");
  }
  Session session = Session::open(folder);
  const int trial = session.attach(valid, manual || !results.empty());
  if (!results.empty()) session.end(trial, TrialStatus::completed, std::move(results));
  std::string said = outcome(session.experiment(), trial);
  if (is_terminal(session.experiment().trial(trial).status)) return said;
  return said + (manual ? "; tell its results with: stune tell " + folder.string() + " " + std::to_string(trial) +
                              " METRIC=VALUE"
                        : "; `stune resume " + folder.string() + "` runs it");
}

std::string tell_trial(const fs::path& folder, int trial, TrialStatus status, std::vector<Observation> observations,
                       const std::string& reason) {
  const View seen = view(folder);
  check_told_by_hand(seen.experiment, trial, status, observations);
  if (!seen.owner.empty()) {
    return ask_owner(seen, folder, TellRequest{trial, std::move(observations), status, reason},
                     "take the results of " + name_of(trial));
  }
  Session session = Session::open(folder);
  check_told_by_hand(session.experiment(), trial, status, observations);
  if (status == TrialStatus::running) {
    session.observe(trial, std::move(observations));
  } else {
    session.end(trial, status, std::move(observations), reason);
  }
  return outcome(session.experiment(), trial);
}

}  // namespace stune
