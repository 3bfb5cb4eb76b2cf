#include "client/session.hpp"

#include <algorithm>
#include <set>

#include "base/clock.hpp"
#include "base/commands.hpp"
#include "base/log.hpp"
#include "client/find_node_program.hpp"
#include "client/founding.hpp"
#include "client/make_runner.hpp"
#include "experiment/escalation.hpp"
#include "experiment/judgement.hpp"
#include "generation/inline_source.hpp"
#include "generation/queue_source.hpp"
#include "scheduler/request_rules.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler/serve_requests.hpp"
#include "scheduler/submission_planner.hpp"
#include "storage/journal.hpp"
#include "storage/lock.hpp"
#include "storage/requests.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

/// Fed beside the scheduler's own source for the time of a run.
class Following {
 public:
  Following(Ledger& ledger, CandidateSource& source) : ledger_(ledger), source_(source) { ledger_.follow(source_); }
  ~Following() { ledger_.forget(source_); }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

 private:
  Ledger& ledger_;
  CandidateSource& source_;
};

bool measures(const std::vector<std::unique_ptr<Metric>>& metrics, const std::string& name) {
  return std::ranges::any_of(metrics, [&](const auto& metric) { return metric->name() == name; });
}

void settle_node_program(fs::path& program) {
  if (program.empty()) program = find_node_program();
  std::error_code ignored;
  if (!fs::is_regular_file(program, ignored)) throw ConfigError("node program " + program.string() + ": no such file");
}

/// The options as they are journaled: with the runner that the caller brings, or that they name.
RunOptions with_runner_of(const NewExperiment& wanted, const Runner* runner) {
  RunOptions options = wanted.options;
  if (runner != nullptr) return describe_runner(*runner, wanted.definition.command, std::move(options));
  options.runner = resolve_runner(options.runner, wanted.environment);
  return options;
}

}  // namespace

struct Session::Impl {
  Impl(fs::path path, SessionParts supplied)
      : folder(std::move(path)),
        parts(std::move(supplied)),
        brings_runner(parts.runner != nullptr),
        clock(parts.clock ? *parts.clock : system_clock),
        lock(acquire_lock()),
        journal(open_journal()),
        ledger(experiment, journal, clock),
        telemetry(folder) {
    ledger.follow(inline_source);
  }

  ~Impl() { parts.runner.reset(); }  // before the commands it uses
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Lock acquire_lock() {
    AcquireOptions options;
    options.take_over = parts.take_over;
    options.say = [this](std::string_view line) { notices.emplace_back(line); };
    options.job = parts.job;
    options.ended_job = parts.ended_job;
    return Lock::acquire(folder, clock, options);
  }

  Journal open_journal() {
    JournalSeams seams;
    if (parts.open_journal) seams.open_file = parts.open_journal;
    seams.before_append = [this] { lock.verify(); };
    const auto replay_one = [this](const Event& event) {
      experiment.apply(event);
      inline_source.feed({&event, 1});
    };
    return Journal::open(folder / "journal.jsonl", replay_one, std::move(seams));
  }

  void begin(const NewExperiment& wanted) {
    ledger.commit({ExperimentCreated{furnish(folder, wanted, parts.node_program), wanted.options}});
  }

  Workplace workplace() const {
    const Definition& d = experiment.definition();
    Workplace w;
    w.folder = folder;
    w.working_directory = d.working_directory;
    w.experiment_id = d.id;
    w.experiment_name = d.name;
    w.command = d.command;
    w.environment = read_environment(folder);
    for (const auto& [name, source] : d.metrics) {
      if (!source.file.empty()) w.metric_files.emplace_back(source.file);
    }
    w.trial_time_limit = experiment.options().trial_time_limit;
    w.time_factor = parse_escalation(experiment.options().on_timeout).factor;
    w.memory_factor = parse_escalation(experiment.options().on_oom).factor;
    w.clock = const_cast<Clock*>(&clock);
    w.commands = commands.get();
    return w;
  }

  void open_world() {
    if (world_open) return;
    commands = make_child_commands(clock);
    const Workplace place = workplace();
    const auto& options = experiment.options();
    if (!parts.runner) parts.runner = parts.make_runner ? parts.make_runner(options) : make_runner(options);
    for (const auto& [name, source] : experiment.definition().metrics) {
      if (!measures(parts.metrics, name)) parts.metrics.push_back(std::make_unique<Hdf5Metric>(name, source));
    }
    for (const auto& metric : parts.metrics) metric->open(place);
    parts.runner->open(place);
    world_open = true;
  }

  /// A runner that is made here reports no values itself.
  void expect_objective_measured() const {
    if (brings_runner) return;
    for (const Objective& objective : experiment.definition().optimization.objectives) {
      if (!measures(parts.metrics, objective.metric)) {
        throw ConfigError("the objective " + objective.metric +
                          " of this experiment is measured by a program of its own: start that program again");
      }
    }
  }

  void heartbeat(TimePoint now) {
    lock.beat(now);
    if (telemetry.due(now)) write_telemetry(now);
  }

  std::int64_t calls() const { return world_open ? batch_calls(*parts.runner) : 0; }

  void write_telemetry(TimePoint now) {
    Telemetry t;
    t.batch_calls = calls();
    if (world_open) t.budget = parts.runner->budget(now);
    if (parts.budget) std::ranges::move(parts.budget(now), std::back_inserter(t.budget));
    tell_of_room(telemetry.write(std::move(t), now));
  }

  /// What cannot be written here, trials cannot write either: they wait, and meanwhile nothing else would be said.
  void tell_of_room(const std::string& failure) {
    if (!failure.empty() && !cramped) {
      log::warn(failure + "; trials that have ended wait two minutes for room to write their results");
    } else if (failure.empty() && cramped) {
      log::info("there is room to write again");
    }
    cramped = !failure.empty();
  }

  SchedulerContext context(CandidateSource& source, Progress& progress, const Wakeup* interrupt, bool submits) {
    return {folder,        experiment, ledger,
            *parts.runner, source,     parts.metrics,
            clock,         progress,   [this](TimePoint now) { heartbeat(now); },
            interrupt,     submits};
  }

  fs::path folder;
  SessionParts parts;
  bool brings_runner;  ///< the caller's, else one is made by its name
  SystemClock system_clock;
  Clock& clock;
  std::vector<std::string> notices;
  std::set<std::string> said;  // by the source of candidates; once is enough
  Lock lock;
  Experiment experiment;
  InlineSource inline_source;
  Journal journal;
  Ledger ledger;
  TelemetryWriter telemetry;
  std::unique_ptr<Commands> commands;
  bool world_open = false;
  bool cramped = false;  ///< the last telemetry could not be written
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Session Session::begin(const fs::path& folder, NewExperiment wanted, SessionParts parts) {
  wanted.options = with_runner_of(wanted, parts.runner.get());
  check(wanted, wanted.options.runner != "custom");
  if (wanted.definition.command != Command{}) settle_node_program(parts.node_program);
  const fs::path path = fs::absolute(folder).lexically_normal();
  if (is_somebody_elses(path)) {
    throw ConfigError(path.string() + " exists and is no experiment; choose another name with --name or --folder");
  }
  create_folders(path);
  Session session(std::make_unique<Impl>(path, std::move(parts)));
  Impl& impl = *session.impl_;
  if (!impl.experiment.exists()) {
    impl.begin(wanted);
    return session;
  }
  for (std::string& notice : check_same(path, impl.experiment.definition(), wanted.definition)) {
    impl.notices.push_back(std::move(notice));
  }
  if (wanted.keeps_options) {
    wanted.options = impl.experiment.options();
    wanted.options = with_runner_of(wanted, impl.parts.runner.get());
  }
  session.change(wanted.options);
  return session;
}

Session Session::open(const fs::path& folder, SessionParts parts) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  if (!is_experiment(path)) throw ConfigError(path.string() + " is no experiment: it has no journal.jsonl");
  Session session(std::make_unique<Impl>(path, std::move(parts)));
  if (!session.experiment().exists()) {
    throw ConfigError(path.string() +
                      " is an experiment that was never begun; repeat the command that was to begin it");
  }
  return session;
}

const Experiment& Session::experiment() const { return impl_->experiment; }
const fs::path& Session::folder() const { return impl_->folder; }
const std::vector<std::string>& Session::notices() const { return impl_->notices; }

Costs Session::costs() const { return impl_->telemetry.costs(impl_->calls()); }

void Session::add_report(double cpu_seconds) {
  impl_->telemetry.add_report(cpu_seconds);
  impl_->write_telemetry(impl_->clock.now());
}

void Session::change(const RunOptions& options) {
  for (const ReceivedRequest& received : read_requests(impl_->folder).requests) {
    const auto* stop = std::get_if<StopRequest>(&received.request);
    if (stop == nullptr || stop->trial) continue;
    remove_request(impl_->folder, received.id);
    impl_->notices.emplace_back("a stop was asked for before this began, and nobody was there to serve it: lifted");
  }
  if (options == impl_->experiment.options() && !impl_->experiment.stop_asked()) return;
  impl_->ledger.commit({OptionsChanged{options}});
}

void Session::beat() { impl_->heartbeat(impl_->clock.now()); }

void Session::serve() {
  beat();
  serve_requests(
      impl_->folder, impl_->experiment,
      [this](std::vector<EventBody> events) { impl_->ledger.commit(std::move(events)); },
      [](const std::string& notice) { log::info(notice); });
}

RunSummary Session::run(Progress& progress, const Wakeup* interrupt) {
  impl_->open_world();
  impl_->expect_objective_measured();
  QueueSource source(impl_->inline_source.strategy());
  const Following following(impl_->ledger, source);
  RunSummary summary = Scheduler(impl_->context(source, progress, interrupt, true)).run();
  impl_->write_telemetry(impl_->clock.now());
  return summary;
}

RunSummary Session::step(Progress& progress, const Wakeup* interrupt) {
  impl_->open_world();
  impl_->expect_objective_measured();
  RunSummary summary = Scheduler(impl_->context(impl_->inline_source, progress, interrupt, true)).step();
  impl_->write_telemetry(impl_->clock.now());
  return summary;
}

RunSummary Session::stop(int trial, Progress& progress) {
  impl_->ledger.commit(stop_events(impl_->experiment, trial, "asked for on the command line"));
  const Experiment& e = impl_->experiment;
  const bool done = trial < 0 ? e.live().empty() && e.waiting().empty() : is_terminal(e.trial(trial).status);
  if (done) {
    RunSummary nothing_to_do;
    nothing_to_do.reason = StopReason::stopped;
    return nothing_to_do;
  }
  impl_->open_world();
  Scheduler scheduler(impl_->context(impl_->inline_source, progress, nullptr, false));
  return trial < 0 ? scheduler.run() : scheduler.step();
}

std::vector<int> Session::ask(int count) {
  std::vector<int> trials;
  std::vector<EventBody> events;
  int next = static_cast<int>(impl_->experiment.trials().size());
  const Candidates taken = impl_->inline_source.take(count, 0);
  for (const Candidate& candidate : taken.ready) {
    append_trial(events, impl_->experiment, candidate, next, true);
    trials.push_back(next++);
  }
  if (!taken.notice.empty() && impl_->said.insert(taken.notice).second) log::warn(taken.notice);
  impl_->ledger.commit(std::move(events));
  return trials;
}

int Session::attach(const Parameterization& parameters, bool manual) {
  const int index = static_cast<int>(impl_->experiment.trials().size());
  impl_->ledger.commit({TrialCreated{index, impl_->experiment.definition().space.validated(parameters), "Manual",
                                     impl_->experiment.last_sequence(), manual}});
  return index;
}

namespace {

const Trial& open_trial(const Experiment& experiment, int trial) {
  if (trial < 0 || trial >= static_cast<int>(experiment.trials().size())) {
    throw ConfigError("there is no trial " + std::to_string(trial) + "; there are " +
                      std::to_string(experiment.trials().size()) + ", counted from 0");
  }
  const Trial& found = experiment.trial(trial);
  if (is_terminal(found.status)) {
    throw ConfigError("trial " + std::to_string(trial) + " has ended already: " + to_string(found.status));
  }
  return found;
}

}  // namespace

void Session::observe(int trial, std::vector<Observation> observations) {
  open_trial(impl_->experiment, trial);
  impl_->ledger.commit({Observed{trial, std::move(observations)}});
}

void Session::end(int trial, TrialStatus status, std::vector<Observation> observations, const std::string& reason) {
  open_trial(impl_->experiment, trial);
  if (const std::string why = why_not_ended_by_hand(impl_->experiment, trial, status, observations); !why.empty()) {
    throw ConfigError(why);
  }
  impl_->ledger.commit({judged(impl_->experiment, {trial, status, reason, {}, std::move(observations)})});
}

}  // namespace stune
