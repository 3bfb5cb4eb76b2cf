#include "scheduler/request_rules.hpp"

#include "experiment/judgement.hpp"
#include "storage/codec.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

bool is_open(const Experiment& experiment, int trial) {
  return trial >= 0 && trial < static_cast<int>(experiment.trials().size()) &&
         !is_terminal(experiment.trial(trial).status);
}

Ruling refused(int trial) { return {{}, "trial " + std::to_string(trial) + " does not exist or has ended"}; }

using Id = std::string;

Ruling rule(const Experiment& experiment, const StopRequest& request, const Id&) {
  if (request.trial && !is_open(experiment, *request.trial)) return refused(*request.trial);
  return {stop_events(experiment, request.trial.value_or(-1), request.why), {}};
}

Ruling rule(const Experiment& experiment, const SetRequest& request, const Id&) {
  const RunOptions options = changed(experiment.options(), request.changes);
  if (options == experiment.options()) return {};
  return {{OptionsChanged{options}}, {}};
}

Ruling rule(const Experiment& experiment, const AttachRequest& request, const Id& id) {
  if (experiment.made_for(id) >= 0) return {};
  auto names = std::make_shared<std::vector<std::string>>();
  std::vector<Value> values;
  for (const auto& [name, value] : request.parameters) {
    names->push_back(name);
    values.push_back(value);
  }
  const Parameterization valid =
      experiment.definition().space.validated(Parameterization(std::move(names), std::move(values)));
  const int index = static_cast<int>(experiment.trials().size());
  if (const std::string missing = missing_objective(experiment, request.results);
      !request.results.empty() && !missing.empty()) {
    return {{}, "the results of an attached trial lack the objective " + missing};
  }
  Ruling ruling{{TrialCreated{index, valid, "Manual", experiment.last_sequence(), request.manual, id}}, {}};
  if (!request.results.empty()) {
    ruling.events.push_back(judged(experiment, {index, TrialStatus::completed, {}, {}, request.results}));
  }
  return ruling;
}

Ruling rule(const Experiment& experiment, const TellRequest& request, const Id&) {
  if (!is_open(experiment, request.trial)) return refused(request.trial);
  if (request.status == TrialStatus::running) return {{Observed{request.trial, request.observations}}, {}};
  if (!is_terminal(request.status))
    return {{}, "a trial cannot be told to be " + std::string(to_string(request.status))};
  std::string why_not = why_not_ended_by_hand(experiment, request.trial, request.status, request.observations);
  if (!why_not.empty()) return {{}, std::move(why_not)};
  return {{judged(experiment, {request.trial, request.status, request.reason, {}, request.observations})}, {}};
}

}  // namespace

std::vector<EventBody> stop_events(const Experiment& experiment, int trial, const std::string& why) {
  if (trial >= 0 && !is_open(experiment, trial)) return {};
  if (trial >= 0 && experiment.is_manual(trial)) {
    return {TrialEnded{trial, TrialStatus::abandoned, "stopped on request", {}, {}}};
  }
  return {StopAsked{trial, why}};
}

Ruling rule_on(const Experiment& experiment, const ReceivedRequest& received) {
  try {
    return std::visit([&](const auto& request) { return rule(experiment, request, received.id); }, received.request);
  } catch (const Error& e) {
    return {{}, e.what()};
  }
}

}  // namespace stune
