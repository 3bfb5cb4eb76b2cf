#include "scheduler/scheduler.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

#include "experiment/judgement.hpp"
#include "scheduler/serve_requests.hpp"
#include "scheduler/snapshot.hpp"
#include "stune/error.hpp"

namespace stune {
namespace {

constexpr Seconds between_requests{1.0};   // one readdir of requests/
constexpr Seconds between_peeks{30.0};     // at partial results of running trials
constexpr int peeks_at_once = 50;          // bounds what a slow file system can cost a round
constexpr Seconds longest_held_back{1.0};  // for news that can share a later fsync
constexpr Seconds longest_wait{20.0};      // the lock wants its beat

const std::optional<Ending> no_ending;

Seconds between(TimePoint from, TimePoint to) { return std::chrono::duration_cast<Seconds>(to - from); }

bool is_urgent(const JobReport& report) {
  return report.state != JobState::running || report.metadata || !report.observations.empty();
}

void merge(JobReport& into, JobReport&& news) {
  into.state = news.state;
  if (news.ending) into.ending = std::move(news.ending);
  if (news.metadata) into.metadata = std::move(news.metadata);
  if (!news.detail.empty()) into.detail = std::move(news.detail);
  for (Observation& o : news.observations) into.observations.push_back(std::move(o));
}

bool is_evidence(const EventBody& body) {
  return std::holds_alternative<TrialEnded>(body) || std::holds_alternative<Observed>(body);
}

}  // namespace

Scheduler::Scheduler(const SchedulerContext& context)
    : c_(context),
      collector_(c_.metrics),
      growth_(growth_of(c_.experiment.options())),
      tally_(c_.experiment),
      health_(c_.experiment),
      folders_(c_.folder, c_.experiment),
      started_(c_.clock.now()) {}

RunSummary Scheduler::run() { return rounds(false); }

RunSummary Scheduler::step() { return rounds(true); }

RunSummary Scheduler::rounds(bool until_idle) {
  adopt();
  while (true) {
    winding_down_ = interrupted() && c_.runner.wind_down();
    if (interrupted() && !winding_down_) return summary(StopReason::interrupted, c_.clock.now());
    const bool something = round();
    const TimePoint now = c_.clock.now();
    if (const auto reason = over()) return end_run(*reason);
    if (!until_idle && out_of_time(now)) return end_run(StopReason::time_limit);
    if (something) continue;
    const bool settled = news_.empty() && c_.experiment.fetching().empty() && !starving_since_;
    if (until_idle && settled && !c_.runner.busy()) return end_run(StopReason::idle);
    wait(now);
  }
}

/// What folders are due is removed before the run ends, unless somebody wants it to end now: then by the next one.
RunSummary Scheduler::end_run(StopReason reason) {
  while (!interrupted() && clean_folders()) c_.heartbeat(c_.clock.now());
  return summary(reason, c_.clock.now());
}

bool Scheduler::round() {
  const TimePoint now = c_.clock.now();
  c_.heartbeat(now);
  serve_requests(now);
  collect_reports();
  std::vector<EventBody> events;
  decide_reports(now, events);
  fetch_metrics(now, events);
  peek_at_running(now, events);
  std::vector<AttemptId> to_stop;
  enforce_stops(events, to_stop);
  Plan next = plan(now, events);
  std::ranges::move(next.events, std::back_inserter(events));
  const bool something = !events.empty();
  commit(std::move(events));
  folders_.make(next.submissions);
  if (!next.submissions.empty()) c_.runner.submit(std::move(next.submissions));
  if (!to_stop.empty()) c_.runner.stop(to_stop);
  if (!next.trials.empty()) c_.progress.trials_started(next.trials);
  if (something || c_.progress.ticks()) c_.progress.update(snapshot(c_.clock.now()));
  return clean_folders() || something;
}

bool Scheduler::clean_folders() {
  const bool more = folders_.clean();
  if (const std::string complaint = folders_.take_complaint(); !complaint.empty()) c_.progress.notice(complaint);
  return more;
}

void Scheduler::adopt() {
  std::vector<Submission> submissions = live_submissions(c_.experiment);
  if (!submissions.empty()) c_.runner.adopt(std::move(submissions));
}

void Scheduler::commit(std::vector<EventBody> events) {
  std::array<std::vector<int>, 6> ended;
  for (const EventBody& body : events) {
    const auto* over = std::get_if<TrialEnded>(&body);
    const auto* report = std::get_if<JobReported>(&body);
    const std::optional<Ending>& ending = over ? over->ending : report ? report->ending : no_ending;
    if (ending) health_.learn(*ending, c_.clock.now());
  }
  for (const EventBody& body : events) {
    if (const auto* end = std::get_if<TrialEnded>(&body))
      ended[static_cast<std::size_t>(end->status)].push_back(end->trial);
  }
  c_.ledger.commit(std::move(events));
  for (std::size_t status = 0; status < ended.size(); ++status) {
    for (const int trial : ended[status]) {
      const Trial& t = c_.experiment.trial(trial);
      tally_.count(t);
      collector_.forget(trial);
      folders_.ended(trial);
      if (t.attempts.empty() || !t.attempts.back().ending) continue;
      const Ending& ending = *t.attempts.back().ending;
      if (!ending.started || !ending.ended) continue;
      patience_.learn(between(*ending.started, *ending.ended));
    }
    if (!ended[status].empty()) c_.progress.trials_ended(ended[status], static_cast<TrialStatus>(status));
  }
}

// ---- collect

void Scheduler::collect_reports() {
  for (JobReport& report : c_.runner.poll(c_.clock.now())) {
    const auto [it, first] = news_.try_emplace(report.id, report);
    if (!first) merge(it->second, std::move(report));
  }
}

void Scheduler::serve_requests(TimePoint now) {
  if (now < next_requests_) return;
  next_requests_ = later(now, between_requests);
  stune::serve_requests(
      c_.folder, c_.experiment, [this](std::vector<EventBody> events) { commit(std::move(events)); },
      [this](const std::string& notice) { c_.progress.notice(notice); });
}

// ---- decide

void Scheduler::decide_reports(TimePoint now, std::vector<EventBody>& events) {
  // A trial that merely runs is no news that deserves an fsync of its own: it waits a moment for company.
  if (news_.empty()) return;
  if (std::ranges::none_of(news_, [](const auto& n) { return is_urgent(n.second); })) {
    if (news_since_ == TimePoint::max()) news_since_ = now;
    if (between(news_since_, now) < longest_held_back) return;
  }
  news_since_ = TimePoint::max();
  for (auto& [id, report] : news_) {
    const Trial& trial = c_.experiment.trial(id.trial);
    const auto attempt = static_cast<std::size_t>(id.attempt);
    if (is_terminal(trial.status) || attempt + 1 != trial.attempts.size() || trial.attempts.back().ending) continue;
    if (report.state == JobState::ended) {
      decide_ended(trial, report, now, events);
      continue;
    }
    tell(report);
    const Attempt& known = trial.attempts.back();
    if (report.state != known.state || (report.metadata && *report.metadata != known.metadata)) {
      events.push_back(JobReported{id, report.state, {}, report.metadata});
    }
    if (!report.observations.empty()) events.push_back(Observed{id.trial, std::move(report.observations)});
  }
  news_.clear();
}

/// What keeps a job from running, once for each trial and reason.
void Scheduler::tell(const JobReport& report) {
  if (report.detail.empty() || report.state == JobState::absent) return;
  const std::string waits = report.state == JobState::deferred ? " is submitted later: " : " waits: ";
  if (said_.insert(report.detail).second) c_.progress.notice("trial " + to_string(report.id) + waits + report.detail);
}

void Scheduler::decide_ended(const Trial& trial, const JobReport& report, TimePoint now,
                             std::vector<EventBody>& events) {
  const Decision decision = decide_ending(c_.experiment, growth_, trial, *report.ending);
  switch (decision.consequence) {
    case Consequence::retry:
      c_.progress.notice("trial " + to_string(report.id) + ": " + to_string(report.ending->cause) +
                         (report.ending->detail.empty() ? "" : " (" + report.ending->detail + ")") + "; tried again" +
                         (decision.reason.empty() ? "" : " " + decision.reason));
      events.push_back(JobReported{report.id, JobState::ended, report.ending, report.metadata});
      return;
    case Consequence::fail:
      return finish_trial(trial, TrialStatus::failed, decision.reason, report.ending, {}, events);
    case Consequence::abandon:
      return finish_trial(trial, TrialStatus::abandoned, decision.reason, report.ending, {}, events);
    case Consequence::fetch_metrics:
      break;
  }
  Trial seen = trial;  // as it will be once the report is applied: metrics look at the attempt's metadata
  if (report.metadata) seen.attempts.back().metadata = *report.metadata;
  Fetched fetched = collector_.collect(seen, report.observations, now, grace());
  if (auto* observations = std::get_if<std::vector<Observation>>(&fetched)) {
    finish_trial(trial, TrialStatus::completed, {}, report.ending, std::move(*observations), events);
  } else if (const auto* unusable = std::get_if<Unusable>(&fetched)) {
    finish_trial(trial, TrialStatus::failed, unusable->why, report.ending, {}, events);
  } else {
    events.push_back(JobReported{report.id, JobState::ended, report.ending, report.metadata});
    if (!report.observations.empty()) events.push_back(Observed{trial.index, report.observations});
  }
}

void Scheduler::finish_trial(const Trial& trial, TrialStatus status, std::string reason, std::optional<Ending> ending,
                             std::vector<Observation> observations, std::vector<EventBody>& events) {
  events.push_back(
      judged(c_.experiment, {trial.index, status, std::move(reason), std::move(ending), std::move(observations)}));
}

void Scheduler::fetch_metrics(TimePoint now, std::vector<EventBody>& events) {
  for (const int index : c_.experiment.fetching()) {
    if (collector_.due(index) > now) continue;
    const Trial& trial = c_.experiment.trial(index);
    Fetched fetched = collector_.collect(trial, trial.observations, now, grace());
    if (auto* observations = std::get_if<std::vector<Observation>>(&fetched)) {
      finish_trial(trial, TrialStatus::completed, {}, {}, std::move(*observations), events);
    } else if (const auto* unusable = std::get_if<Unusable>(&fetched)) {
      finish_trial(trial, TrialStatus::failed, unusable->why, {}, {}, events);
    }
  }
}

namespace {

bool ends_in(std::span<const EventBody> events, int trial) {
  return std::ranges::any_of(events, [&](const EventBody& event) {
    const auto* ended = std::get_if<TrialEnded>(&event);
    return ended && ended->trial == trial;
  });
}

}  // namespace

void Scheduler::peek_at_running(TimePoint now, std::vector<EventBody>& events) {
  if (now < next_peek_) return;
  const bool first = next_peek_ == TimePoint{};
  next_peek_ = later(now, between_peeks);
  if (first) return;
  const std::set<int>& live = c_.experiment.live();
  auto it = live.lower_bound(next_peeked_);
  for (int looked = 0; looked < peeks_at_once && it != live.end(); ++it, ++looked) {
    const Trial& trial = c_.experiment.trial(*it);
    if (trial.attempts.back().state != JobState::running || ends_in(events, *it)) continue;
    std::vector<Observation> seen = peek(c_.metrics, trial);
    std::erase_if(seen, [&](const Observation& o) {
      return std::ranges::find(trial.observations, o) != trial.observations.end();
    });
    if (!seen.empty()) events.push_back(Observed{*it, std::move(seen)});
  }
  next_peeked_ = it == live.end() ? 0 : *it;
}

void Scheduler::enforce_stops(std::vector<EventBody>& events, std::vector<AttemptId>& to_stop) {
  const Experiment& e = c_.experiment;
  const bool all = e.stop_asked();
  if (!all && e.trial_stops().empty()) return;
  const auto hit = [&](int trial) { return all || e.trial_stops().contains(trial); };
  for (const int trial : e.waiting()) {
    if (hit(trial)) finish_trial(e.trial(trial), TrialStatus::abandoned, "stopped on request", {}, {}, events);
  }
  for (const int trial : e.live()) {
    const AttemptId id{trial, static_cast<int>(e.trial(trial).attempts.size()) - 1};
    if (hit(trial) && stops_sent_.insert(id).second) to_stop.push_back(id);
  }
}

// ---- what runs next

Candidates Scheduler::take(int count, Sequence seen_at_least) {
  Candidates taken = c_.source.take(count, seen_at_least);
  if (!taken.notice.empty() && said_.insert(taken.notice).second) c_.progress.notice(taken.notice);
  return taken;
}

std::vector<Candidate> Scheduler::take_candidates(int wanted, TimePoint now) {
  if (wanted <= 0 || exhausted()) {
    starving_since_.reset();
    return {};
  }
  Candidates taken = take(wanted, c_.experiment.last_evidence());
  int missing = wanted - static_cast<int>(taken.ready.size());
  if (missing > 0 && !taken.exhausted) {
    if (!starving_since_) starving_since_ = now;
    if (between(*starving_since_, now) >= patience_.value(c_.experiment.options().parallel)) {
      Candidates older = take(missing, 0);
      missing -= static_cast<int>(older.ready.size());
      std::ranges::move(older.ready, std::back_inserter(taken.ready));
      taken.exhausted = older.exhausted;
    }
  }
  if (missing <= 0) starving_since_.reset();
  if (taken.exhausted) {
    exhausted_by_ = c_.experiment.last_evidence();
    starving_since_.reset();
  }
  return std::move(taken.ready);
}

Plan Scheduler::plan(TimePoint now, std::span<const EventBody> coming) {
  const Experiment& e = c_.experiment;
  if (!c_.submits || e.stop_asked() || interrupted()) return {};
  const auto freed = std::ranges::count_if(coming, [&](const EventBody& body) {
    const auto* ended = std::get_if<TrialEnded>(&body);
    return ended && e.live().contains(ended->trial);
  });
  const int slots = std::min(e.options().parallel - static_cast<int>(e.live().size()) + static_cast<int>(freed),
                             c_.runner.capacity());
  if (slots <= 0) {
    starving_since_.reset();
    return {};
  }
  const int wanted = std::min(slots - static_cast<int>(e.waiting().size()), e.options().trials - e.counted());
  std::vector<Candidate> candidates;
  if (std::ranges::any_of(coming, is_evidence)) {
    // What is about to be committed would not be known to a candidate made now: the next round follows at once. Only
    // candidates that depend on no evidence need not wait for it, which spares them an fsync.
    if (wanted > 0) candidates = take(wanted, any_evidence).ready;
  } else {
    candidates = take_candidates(wanted, now);
  }
  return plan_submissions(e, std::move(candidates), slots, c_.runner, e.last_sequence() + 1 + coming.size(),
                          health_.to_avoid(now));
}

// ---- the end

std::optional<StopReason> Scheduler::over() {
  const Experiment& e = c_.experiment;
  const bool quiet = e.live().empty() && e.waiting().empty() && e.fetching().empty();
  if (e.stop_asked()) {
    if (!quiet) return {};
    return failure_.empty() ? StopReason::stopped : StopReason::failure_rate;
  }
  const bool all_made = e.counted() >= e.options().trials || exhausted();
  failure_ = tally_.verdict(e.options().tolerated_failure_rate, quiet && all_made);
  if (!failure_.empty()) {
    if (quiet) return StopReason::failure_rate;
    commit({StopAsked{-1, failure_}});
    return {};
  }
  if (quiet && all_made)
    return exhausted() && e.counted() < e.options().trials ? StopReason::exhausted : StopReason::finished;
  return {};
}

bool Scheduler::out_of_time(TimePoint now) {
  const Seconds limit = c_.experiment.options().max_run_time;
  return limit > Seconds{0} && between(started_, now) >= limit && !c_.runner.wind_down();
}

bool Scheduler::interrupted() const {
  if (!c_.interrupt) return false;
  pollfd p{c_.interrupt->fd(), POLLIN, 0};
  return ::poll(&p, 1, 0) > 0;
}

void Scheduler::wait(TimePoint now) {
  TimePoint deadline = std::min({c_.runner.next_poll(), next_requests_, later(now, longest_wait)});
  if (!c_.experiment.live().empty()) deadline = std::min(deadline, next_peek_);
  for (const int trial : c_.experiment.fetching()) deadline = std::min(deadline, collector_.due(trial));
  if (news_since_ != TimePoint::max()) deadline = std::min(deadline, later(news_since_, longest_held_back));
  if (starving_since_) {
    const TimePoint enough = later(*starving_since_, patience_.value(c_.experiment.options().parallel));
    if (enough > now) deadline = std::min(deadline, enough);
  }
  if (c_.progress.ticks()) deadline = std::min(deadline, later(now, Seconds{1}));
  const std::array<int, 3> descriptors = {c_.runner.wake_fd(), starving_since_ ? c_.source.wake_fd() : -1,
                                          c_.interrupt && !winding_down_ ? c_.interrupt->fd() : -1};
  c_.clock.wait(descriptors, deadline);
}

Seconds Scheduler::grace() const {
  const Seconds wanted = c_.experiment.options().metric_grace;
  return wanted > Seconds{0} ? wanted : c_.runner.visibility_delay();
}

ProgressSnapshot Scheduler::snapshot(TimePoint now) const {
  ProgressSnapshot s = take_snapshot(c_.experiment);
  // News that waits for its fsync is news for the user all the same.
  for (const auto& [id, report] : news_) {
    const bool newly_running = report.state == JobState::running && c_.experiment.live().contains(id.trial) &&
                               c_.experiment.trial(id.trial).attempts.back().state != JobState::running;
    if (newly_running) ++s.running, --s.pending;
  }
  s.elapsed = between(started_, now);
  return s;
}

RunSummary Scheduler::summary(StopReason reason, TimePoint now) const {
  RunSummary s{reason, {}, snapshot(now)};
  if (reason == StopReason::failure_rate) s.message = failure_ + last_words(c_.experiment);
  return s;
}

}  // namespace stune
