#include "stune/client.hpp"

#include <cmath>

#include "analysis/analyses.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "client/log_progress.hpp"
#include "client/report_file.hpp"
#include "client/session.hpp"
#include "runners/per_trial_runner.hpp"
#include "stune/error.hpp"
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

}  // namespace

struct Client::Impl {
  NewExperiment wanted;
  std::filesystem::path folder;
  SessionParts parts;
  bool configured = false;
  bool by_trial = false;  ///< trials are placed by a TrialRunner: only the user knows where their results are
  mutable std::optional<Session> session;

  void expect_unbegun(const char* method) const {
    if (session) throw ConfigError(std::string(method) + ": the experiment has begun; configure it before");
  }
  /// Begins or goes on with the experiment.
  Session& begun() {
    if (session) return *session;
    if (!configured) throw ConfigError("call configure_experiment first");
    if (wanted.definition.optimization.objectives.empty()) throw ConfigError("call configure_optimization first");
    // Without a runner, trials are asked for and told: nothing here places them.
    if (!parts.runner) wanted.options.runner = "custom";
    return session.emplace(Session::begin(folder, std::move(wanted), std::move(parts)));
  }
  const Experiment& experiment() const {
    if (!session) throw ConfigError("the experiment has not begun: run trials, or ask for some, first");
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
  d.description = std::move(config.description);
  d.seed = config.seed;
  d.command = std::move(config.command);
  d.working_directory = std::filesystem::current_path();
  impl_->folder = config.folder.empty() ? std::filesystem::path(config.name + ".stune") : std::move(config.folder);
  d.name = std::move(config.name);
  impl_->wanted.environment = current_environment();
  impl_->wanted.options.trials = 1;  // until run_trials() says how many
  impl_->configured = true;
}

void Client::configure_optimization(const OptimizationOptions& options) {
  impl_->expect_unbegun("configure_optimization");
  impl_->wanted.definition.optimization = parse_optimization(options.objective, options.outcome_constraints);
}

void Client::configure_runner(std::unique_ptr<Runner> runner) {
  impl_->expect_unbegun("configure_runner");
  impl_->parts.runner = std::move(runner);
}

void Client::configure_runner(std::unique_ptr<TrialRunner> runner) {
  impl_->expect_unbegun("configure_runner");
  impl_->parts.runner = std::make_unique<PerTrialRunner>(std::move(runner));
  impl_->by_trial = true;
}

void Client::configure_metrics(std::vector<std::unique_ptr<Metric>> metrics) {
  impl_->expect_unbegun("configure_metrics");
  impl_->parts.metrics = std::move(metrics);
}

void Client::run_trials(OrchestrationConfig config, Progress* progress) {
  if (!impl_->session && !impl_->parts.runner) throw ConfigError("call configure_runner first");
  if (!impl_->session && impl_->parts.metrics.empty()) {
    if (impl_->by_trial) throw ConfigError("call configure_metrics first");
    // Commands report the objective as any trial does: to $STUNE_METRICS, or by `stune metric`.
    for (const Objective& o : impl_->wanted.definition.optimization.objectives) {
      impl_->wanted.definition.metrics.emplace_back(o.metric, Hdf5Source{});
    }
  }
  RunOptions options = impl_->session ? impl_->session->experiment().options() : impl_->wanted.options;
  options.trials = config.max_trials;
  options.parallel = config.parallelism;
  options.tolerated_failure_rate = config.tolerated_trial_failure_rate;
  options.poll_start = Seconds{config.initial_seconds_between_polls};
  if (!impl_->session) impl_->wanted.options = options;
  Session& session = impl_->begun();
  options.runner = session.experiment().options().runner;
  session.change(options);
  LogProgress logged;
  for (const std::string& notice : session.notices()) log::warn(notice);
  const RunSummary summary = session.run(progress ? *progress : logged);
  if (summary.reason == StopReason::failure_rate) throw Error(ExitCode::failure, summary.message);
}

std::map<int, Parameterization> Client::get_next_trials(int max_trials) {
  std::map<int, Parameterization> trials;
  Session& session = impl_->begun();
  for (const int trial : session.ask(max_trials)) trials.emplace(trial, session.experiment().trial(trial).parameters);
  return trials;
}

TrialStatus Client::complete_trial(int trial, const RawData& data, std::int64_t progression) {
  Session& session = impl_->begun();
  std::vector<Observation> told = observations(data, progression);
  const std::string& objective = session.experiment().definition().optimization.objectives.front().metric;
  if (data.contains(objective)) {
    session.end(trial, TrialStatus::completed, std::move(told));
  } else {
    session.end(trial, TrialStatus::failed, std::move(told), "completed without a value of " + objective);
  }
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
