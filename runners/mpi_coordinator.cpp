#include "runners/mpi_coordinator.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "stune/error.hpp"

namespace stune::mpi {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr microseconds longest_idle_pause{50'000};  // where nothing runs and nothing waits
constexpr seconds hello_patience{30};
constexpr seconds recall_interval{1};

std::vector<std::string> hosts_of(const Post& post, int together) {
  std::vector<std::string> hosts;
  for (int rank = 1; rank + together <= post.size(); rank += together) hosts.push_back(post.peer(rank).place.host);
  return hosts;
}

}  // namespace

Coordinator::Coordinator(Post& post, const MpiOptions& options, const Workplace& workplace)
    : post_(post),
      options_(options),
      workplace_(workplace),
      folder_(workplace.folder),
      together_(std::max(1, options.ranks_per_trial)),
      crew_(hosts_of(post, together_), options.short_trial),
      watch_(post, 0),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  assert(workplace_.clock != nullptr);
  const int ranks = post_.size() - 1;
  if (ranks < together_) {
    throw RunnerError("there are " + std::to_string(ranks) + " worker ranks, and a trial takes " +
                      std::to_string(together_) + ": start more, as in mpirun -n " + std::to_string(1 + together_));
  }
  if (ranks % together_ != 0) {
    log::warn(std::to_string(ranks % together_) + " of " + std::to_string(ranks) +
              " worker ranks stay idle: trials take " + std::to_string(together_) + " each");
  }
  opened_ = active_ = polled_ = workplace_.clock->now();
  heard_.assign(static_cast<std::size_t>(post_.size()), opened_);
  await_readable(watch_.fd());
  for (const int rank : watch_.deaths()) post_.give_up(rank);
  for (Crew::Worker worker = 0; worker < workers(); ++worker) open_worker(worker);
}

LocalRunner& Coordinator::finder() {
  if (finder_) return *finder_;
  finder_ = std::make_unique<LocalRunner>(LocalOptions{.stop_grace = options_.stop_grace});
  finder_->open(workplace_);
  await_readable(finder_->wake_fd());
  return *finder_;
}

void Coordinator::await_readable(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
}

void Coordinator::open_worker(Crew::Worker worker) {
  const Open order{workplace_, options_};
  for (int rank = leader(worker); rank < leader(worker) + together_; ++rank) {
    if (post_.is_given_up(rank)) lose(worker, {});
    post_.send(rank, order);
  }
}

std::optional<Crew::Worker> Coordinator::worker_of(int rank) const {
  const auto worker = static_cast<Crew::Worker>((rank - 1) / together_);
  if (rank < 1 || leader(worker) + together_ > post_.size()) return std::nullopt;
  return worker;
}

int Coordinator::capacity() const {
  return winding_down_ ? 0 : std::max(0, crew_.room() - static_cast<int>(waiting_.size()));
}

void Coordinator::submit(const std::string& token, const Job& job) {
  if (known(job.id)) return;
  placed_.emplace(job.id, Placed{.token = token, .job = job});
  waiting_.push_back(job.id);
  dispatch();
  if (!crew_.holder(job.id)) news_.push_back({.id = job.id, .state = JobState::pending, .ending = {}});
}

void Coordinator::dispatch() {
  while (!waiting_.empty()) {
    Placed& placed = placed_.at(waiting_.front());
    const auto worker = crew_.choose(placed.job.avoid_hosts);
    if (!worker) return;
    crew_.give(*worker, placed.job.id);
    placed.of_this_run = true;
    post_.send(leader(*worker), Assign{placed.token, placed.job});
    waiting_.pop_front();
    active_ = workplace_.clock->now();
  }
}

void Coordinator::adopt(const std::string& token, const Job& job) {
  if (known(job.id)) return;
  Placed placed{.token = token, .job = job};
  placed.of_this_run = job.metadata && job.metadata->contains("rank");
  placed_.emplace(job.id, std::move(placed));
  to_adopt_.push_back(job.id);
}

void Coordinator::stop(AttemptId id) {
  const auto found = placed_.find(id);
  if (found == placed_.end()) return;
  Placed& placed = found->second;
  const bool first = !std::exchange(placed.stop_asked, true);
  if (std::erase(waiting_, id) > 0) {
    if (in_process_) return close(id, {.id = id, .state = JobState::absent, .ending = {}});
    find_again(id);
  } else if (const auto worker = crew_.holder(id)) {
    post_.send(leader(*worker), Stop{id});
    if (in_process_ && first) {
      placed.given_up_at = later(workplace_.clock->now(), options_.stop_grace);
      placed.if_given_up = {.cause = Cause::stopped, .detail = "the function took no notice of being stopped"};
    }
  } else if (placed.finder >= 0) {
    post_.send(leader(static_cast<Crew::Worker>(placed.finder)), Stop{id});
  } else if (finder_) {
    finder_->stop({&id, 1});  // else it is stopped once it is looked for
  }
}

std::vector<JobReport> Coordinator::poll(TimePoint now) {
  polled_ = now;
  bool any = false;
  while (const auto letter = post_.receive()) {
    handle(*letter, now);
    any = true;
  }
  post_.all_sent();
  for (const int rank : watch_.deaths()) hear_of_death(rank);
  notice_silence(now);
  if (!to_adopt_.empty() && (crew_.all_known() || now - opened_ > hello_patience)) {
    for (const AttemptId id : std::exchange(to_adopt_, {})) find_again(id);
  }
  if (finder_) {
    for (JobReport& report : finder_->poll(now)) {
      const AttemptId id = report.id;
      hear_report(id, std::move(report), std::nullopt);
    }
  }
  give_up_what_is_due(now);
  recall_misplaced(now);
  dispatch();
  expect_somebody(now);
  if (any || !news_.empty()) active_ = now;
  return std::exchange(news_, {});
}

/// Functions that run would be lost with this process, and take their time; what waits behind them is for the next run.
bool Coordinator::wind_down() {
  if (!in_process_) return false;
  if (!std::exchange(winding_down_, true)) {
    for (const AttemptId id : std::exchange(waiting_, {}))
      put_off({.id = id, .state = JobState::deferred, .ending = {}});
    for (Crew::Worker worker = 0; worker < workers(); ++worker) {
      for (const AttemptId id : crew_.held(worker)) post_.send(leader(worker), Recall{id});
    }
  }
  return crew_.busy() > 0 || !news_.empty();
}

/// A trial that was thought to be short keeps another one waiting.
void Coordinator::recall_misplaced(TimePoint now) {
  if (now < next_recall_) return;
  next_recall_ = now + recall_interval;
  const auto behind = crew_.misplaced();
  if (behind && recalled_.insert(*behind).second) post_.send(leader(*crew_.holder(*behind)), Recall{*behind});
}

TimePoint Coordinator::next_poll() const {
  if (!news_.empty()) return TimePoint::min();
  const bool idle = crew_.busy() == 0 && waiting_.empty() && to_adopt_.empty() && crew_.all_known();
  const auto pause = idle ? pause_after(polled_ - active_, longest_idle_pause) : pause_after(polled_ - active_);
  return std::min(polled_ + pause, finder_ ? finder_->next_poll() : TimePoint::max());
}

void Coordinator::handle(const Letter& letter, TimePoint now) {
  heard_[static_cast<std::size_t>(letter.from)] = now;
  const auto worker = worker_of(letter.from);
  if (!worker) return;
  if (const auto* hello = std::get_if<Hello>(&letter.message)) return hear(*worker, *hello);
  if (const auto* told = std::get_if<Report>(&letter.message)) {
    return hear_report(told->report.id, told->report, *worker);
  }
  if (const auto* beat = std::get_if<Beat>(&letter.message)) {
    if (beat->winding_down) crew_.retire(*worker);
    if (!beat->winding_down && letter.from == leader(*worker)) come_back(*worker);
  } else if (const auto* back = std::get_if<Recalled>(&letter.message)) {
    left_behind_[*worker].erase(back->id);
    if (crew_.holder(back->id) != worker) return;
    if (winding_down_) return put_off({.id = back->id, .state = JobState::deferred, .ending = {}});
    crew_.take(back->id);
    waiting_.push_front(back->id);
  } else if (const auto* died = std::get_if<Died>(&letter.message)) {
    if (died->rank > 0 && died->rank < post_.size()) hear_of_death(died->rank);
  }
}

void Coordinator::hear(Crew::Worker worker, const Hello& hello) {
  if (hello.folder != workplace_.folder) return;  // was meant for one before us
  if (!hello.trouble.empty()) {
    unfit_.insert(worker);
    return lose(worker, "on " + post_.peer(leader(worker)).place.host + ": " + hello.trouble);
  }
  if (hello.in_process && !std::exchange(in_process_, true)) warn_of_unseen_deaths();
  crew_.ready(worker);
}

void Coordinator::hear_report(AttemptId id, JobReport report, std::optional<Crew::Worker> from) {
  const bool over = report.state == JobState::ended || report.state == JobState::absent;
  if (from && (over || report.state == JobState::deferred)) left_behind_[*from].erase(id);
  const auto found = placed_.find(id);
  if (found == placed_.end()) return;
  Placed& placed = found->second;
  const bool held = from && crew_.holder(id) == from;
  const bool searched = from ? placed.finder == static_cast<int>(*from) : !crew_.holder(id) && placed.finder < 0;
  if (!held && !searched) return;
  if (held && report.metadata) (*report.metadata)["rank"] = std::to_string(leader(*from));
  if (report.metadata) placed.job.metadata = report.metadata;
  if (report.state == JobState::running && held && in_process_ && workplace_.trial_time_limit > Seconds{0} &&
      !placed.given_up_at) {
    placed.given_up_at = later(polled_, workplace_.trial_time_limit);
    placed.if_given_up = {.cause = Cause::timeout, .detail = "time limit of the trial"};
  }
  if (report.state == JobState::deferred) return put_off(std::move(report));
  if (!over) return news_.push_back(std::move(report));
  if (report.ending && report.ending->started && report.ending->ended && held) {
    crew_.learn(std::chrono::duration_cast<Seconds>(*report.ending->ended - *report.ending->started));
  }
  close(id, std::move(report));
}

void Coordinator::put_off(JobReport report) {
  crew_.take(report.id);
  placed_.erase(report.id);
  recalled_.erase(report.id);
  news_.push_back(std::move(report));
}

void Coordinator::close(AttemptId id, JobReport report) {
  crew_.take(id);
  placed_.erase(id);
  recalled_.erase(id);
  over_.insert(id);
  news_.push_back(std::move(report));
}

}  // namespace stune::mpi
