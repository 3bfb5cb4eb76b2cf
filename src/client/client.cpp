#include "stune/client.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/analyses.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/wakeup.hpp"
#include "client/log_progress.hpp"
#include "client/orchestration.hpp"
#include "client/report_file.hpp"
#include "client/session.hpp"
#include "runners/per_trial_runner.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"
#include "surrogate/surrogate.hpp"

namespace stune {
namespace {

std::vector<Observation> observations(const RawData& data, std::int64_t progression) {
  std::vector<Observation> all;
  for (const auto& [metric, value] : data) {
    all.push_back({metric, progression, value.mean, value.sem.value_or(std::nan(""))});
  }
  return all;
}

bool has_told(const std::vector<Trial>& trials, int trial, const std::string& metric) {
  return trial >= 0 && trial < static_cast<int>(trials.size()) &&
         latest(trials[static_cast<std::size_t>(trial)], metric).has_value();
}

}  // namespace

struct Client::Impl {
  NewExperiment wanted;
  std::filesystem::path folder;
  SessionParts parts;
  bool configured = false;
  PerTrialRunner* by_trial = nullptr;  ///< the runner, where it asks a TrialRunner
  Wakeup interrupt;
  mutable std::optional<Session> session;

  void expect_unbegun(const char* method) const {
    if (session) throw ConfigError(std::string(method) + ": the experiment has begun; configure it before");
  }
  /// Begins the experiment, goes on with it, or does what has been asked of its owner since the last call.
  Session& begun() {
    if (session) {
      session->serve();
      return *session;
    }
    if (!configured) throw ConfigError("call configure_experiment first");
    if (wanted.definition.optimization.objectives.empty()) throw ConfigError("call configure_optimization first");
    // Without a runner, trials are asked for and told: nothing here places them.
    if (!parts.runner) wanted.options.runner = "custom";
    if (parts.runner) settle_runner();
    return session.emplace(Session::begin(folder, std::move(wanted), std::move(parts)));
  }

  void settle_runner() {
    Definition& d = wanted.definition;
    const std::string name = parts.runner->name();
    if ((name == "local" || name == "slurm") && d.command == Command{}) {
      throw ConfigError("the runner runs a command, and there is none: set ExperimentConfig::command");
    }
    for (const Objective& objective : d.optimization.objectives) {
      if (measures(objective.metric)) continue;
      // Only who wrote a TrialRunner knows where its results are; commands report the objective as any trial does.
      if (by_trial) throw ConfigError("call configure_metrics first, with one of the name " + objective.metric);
      d.metrics.emplace_back(objective.metric, Hdf5Source{});
    }
  }

  bool measures(const std::string& objective) const {
    return std::ranges::any_of(parts.metrics, [&](const auto& metric) { return metric->name() == objective; });
  }

  const Experiment& experiment() const {
    if (!session) throw ConfigError("the experiment has not begun: run trials, or ask for some, first");
    session->beat();
    return session->experiment();
  }
};

Client::Client() : impl_(std::make_unique<Impl>()) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::configure_experiment(ExperimentConfig config) {
  impl_->expect_unbegun("configure_experiment");
  if (config.name.empty()) throw ConfigError("configure_experiment: the experiment needs a name");
  Definition& d = impl_->wanted.definition;
  d.space = SearchSpace(std::move(config.parameters));
  for (const std::string& text : config.parameter_constraints) {
    parse_parameter_constraint(text, {d.space.names()->begin(), d.space.names()->end()});
    throw ConfigError("parameter constraint \"" + text + "\": parameter constraints are not supported yet");
  }
  d.description = std::move(config.description);
  d.seed = config.seed;
  d.command = std::move(config.command);
  d.working_directory = std::filesystem::current_path();
  impl_->folder = config.folder.empty() ? std::filesystem::path(config.name + ".stune") : std::move(config.folder);
  d.name = std::move(config.name);
  impl_->wanted.environment = current_environment();
  impl_->wanted.options.trials = no_end;
  impl_->wanted.keeps_options = true;
  impl_->parts.node_program = std::move(config.node_program);
  impl_->configured = true;
}

void Client::configure_optimization(const OptimizationOptions& options) {
  impl_->expect_unbegun("configure_optimization");
  impl_->wanted.definition.optimization = parse_optimization(options.objective, options.outcome_constraints);
}

void Client::configure_runner(std::unique_ptr<Runner> runner) {
  impl_->expect_unbegun("configure_runner");
  impl_->by_trial = nullptr;
  impl_->parts.runner = std::move(runner);
}

void Client::configure_runner(std::unique_ptr<TrialRunner> runner) {
  impl_->expect_unbegun("configure_runner");
  auto asking = std::make_unique<PerTrialRunner>(std::move(runner));
  impl_->by_trial = asking.get();
  impl_->parts.runner = std::move(asking);
}

void Client::configure_metrics(std::vector<std::unique_ptr<Metric>> metrics) {
  impl_->expect_unbegun("configure_metrics");
  auto& read = impl_->wanted.definition.metrics;  // what commands, and the program on the trials' side, can read, too
  read.clear();
  for (const auto& metric : metrics) {
    if (const auto* hdf5 = dynamic_cast<const Hdf5Metric*>(metric.get()))
      read.emplace_back(hdf5->name(), hdf5->source());
  }
  impl_->parts.metrics = std::move(metrics);
}

StopReason Client::run_trials(OrchestrationConfig config, Progress* progress) {
  check(config);
  if (!impl_->session && !impl_->parts.runner) throw ConfigError("call configure_runner first");
  if (!impl_->session) impl_->wanted.options = orchestrated(impl_->wanted.options, config);
  if (impl_->by_trial) impl_->by_trial->poll_with(polling(config));
  // Not begun(): what has been asked for meanwhile is asked of this run, and does not end with the last one's stop.
  Session& session = impl_->session ? *impl_->session : impl_->begun();
  session.change(orchestrated(session.experiment().options(), config));
  LogProgress logged;
  for (const std::string& notice : session.notices()) log::warn(notice);
  const RunSummary summary = session.run(progress ? *progress : logged, &impl_->interrupt);
  if (summary.reason == StopReason::interrupted) impl_->interrupt.drain();
  if (summary.reason == StopReason::failure_rate) throw Error(ExitCode::failure, summary.message);
  return summary.reason;
}

void Client::interrupt() noexcept { impl_->interrupt.notify(); }

std::map<int, Parameterization> Client::get_next_trials(int max_trials) {
  std::map<int, Parameterization> trials;
  Session& session = impl_->begun();
  if (session.experiment().stop_asked()) return trials;
  for (const int trial : session.ask(max_trials)) trials.emplace(trial, session.experiment().trial(trial).parameters);
  return trials;
}

TrialStatus Client::complete_trial(int trial, const RawData& data, std::int64_t progression) {
  Session& session = impl_->begun();
  const std::string& objective = session.experiment().definition().optimization.objectives.front().metric;
  const bool complete = data.contains(objective) || has_told(session.experiment().trials(), trial, objective);
  session.end(trial, complete ? TrialStatus::completed : TrialStatus::failed, observations(data, progression),
              complete ? "" : "completed without a value of " + objective);
  return session.experiment().trial(trial).status;
}

void Client::attach_data(int trial, const RawData& data, std::int64_t progression) {
  impl_->begun().observe(trial, observations(data, progression));
}

int Client::attach_trial(const Parameterization& parameters) { return impl_->begun().attach(parameters); }

void Client::mark_trial_failed(int trial, const std::string& reason) {
  impl_->begun().end(trial, TrialStatus::failed, {}, reason);
}

void Client::mark_trial_abandoned(int trial, const std::string& reason) {
  impl_->begun().end(trial, TrialStatus::abandoned, {}, reason);
}

BestTrial Client::get_best_parameterization(bool use_model_predictions) const {
  const Experiment& experiment = impl_->experiment();
  const auto best = best_point(experiment, use_model_predictions);
  if (!best) throw ConfigError("no trial has completed yet");
  const std::string& metric = experiment.definition().optimization.objectives.front().metric;
  return {best->trial, experiment.trial(best->trial).parameters, {{metric, {best->belief.mean, best->belief.sem}}}};
}

std::vector<std::map<std::string, Prediction>> Client::predict(const std::vector<Parameterization>& points) const {
  const Experiment& experiment = impl_->experiment();
  const auto surrogate = Surrogate::fit(experiment);
  if (!surrogate) throw ConfigError("a prediction needs at least two completed trials");
  const std::string& metric = experiment.definition().optimization.objectives.front().metric;
  std::vector<std::map<std::string, Prediction>> predictions;
  for (const Belief& belief : surrogate->predict(points)) predictions.push_back({{metric, {belief.mean, belief.sem}}});
  return predictions;
}

std::vector<Card> Client::compute_analyses() const {
  const Experiment& experiment = impl_->experiment();
  return analysis::compute_all(experiment, read_file(folder() / "telemetry.json").value_or(""));
}

void Client::write_report(const std::filesystem::path& file) const {
  const Experiment& experiment = impl_->experiment();
  stune::write_report(experiment, compute_analyses(), SystemClock().now(),
                      file.empty() ? folder() / report_name : file);
}

const std::vector<Trial>& Client::trials() const { return impl_->experiment().trials(); }

const std::filesystem::path& Client::folder() const {
  return impl_->session ? impl_->session->folder() : impl_->folder;
}

}  // namespace stune
