#include "runners/mpi_coordinator.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::mpi {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr microseconds longest_idle_pause{50'000};  // where nothing runs and nothing waits
constexpr seconds ping_interval{20};
constexpr seconds hello_patience{30};
constexpr seconds recall_interval{1};
/// Workers that wind down do so for a reason that rank 0 is told as well; those that are stuck may come back.
constexpr seconds desertion_patience{120};
/// A process whose rank is dead gets SIGTERM at once and SIGKILL 10 s later, and then writes its exit record.
constexpr seconds orphan_patience{40};

std::string name_of(int rank, const Peer& peer) {
  return "worker rank " + std::to_string(rank) + " on " + peer.place.host + " (pid " +
         std::to_string(peer.process.pid) + ")";
}

std::vector<std::string> hosts_of(const MpiWorld::Channel& channel, int together) {
  std::vector<std::string> hosts;
  for (int rank = 1; rank + together <= channel.size(); rank += together) {
    hosts.push_back(channel.peers()[static_cast<std::size_t>(rank)].place.host);
  }
  return hosts;
}

}  // namespace

Coordinator::Coordinator(MpiWorld::Channel& channel, const MpiOptions& options, const Workplace& workplace)
    : channel_(channel),
      options_(options),
      workplace_(workplace),
      folder_(workplace.folder),
      together_(std::max(1, options.ranks_per_trial)),
      crew_(hosts_of(channel, together_), options.short_trial),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  assert(workplace_.clock != nullptr);
  const int workers = channel_.size() - 1;
  if (workers < together_) {
    throw RunnerError("there are " + std::to_string(workers) + " worker ranks, and a trial takes " +
                      std::to_string(together_) + ": start more, as in mpirun -n " + std::to_string(1 + together_));
  }
  if (workers % together_ != 0) {
    log::warn(std::to_string(workers % together_) + " of " + std::to_string(workers) +
              " worker ranks stay idle: trials take " + std::to_string(together_) + " each");
  }
  opened_ = active_ = polled_ = workplace_.clock->now();
  heard_.assign(static_cast<std::size_t>(channel_.size()), opened_);
  for (int rank = 1; rank <= workers; ++rank) {
    if (!channel_.is_given_up(rank)) watch_rank(rank);
  }
  for (Crew::Worker worker = 0; leader(worker) + together_ <= channel_.size(); ++worker) open_worker(worker);
}

LocalRunner& Coordinator::finder() {
  if (finder_) return *finder_;
  finder_ = std::make_unique<LocalRunner>(LocalOptions{.stop_grace = options_.stop_grace});
  finder_->open(workplace_);
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, finder_->wake_fd(), &event);
  return *finder_;
}

/// On this node the kernel tells when a rank dies.
void Coordinator::watch_rank(int rank) {
  const Peer& me = channel_.peers()[0];
  const Peer& peer = channel_.peers()[static_cast<std::size_t>(rank)];
  if (peer.process.boot_id != me.process.boot_id || peer.place.host != me.place.host) return;
  Descriptor pidfd(open_pidfd(peer.process.pid));
  if (!is_alive(peer.process)) return channel_.give_up(rank);
  if (!pidfd) return;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(rank);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, pidfd.get(), &event) == 0) watched_[rank] = std::move(pidfd);
}

void Coordinator::open_worker(Crew::Worker worker) {
  const Open order{workplace_, options_};
  for (int rank = leader(worker); rank < leader(worker) + together_; ++rank) {
    if (channel_.is_given_up(rank)) lose(worker, {});
    channel_.send(rank, order);
  }
}

std::optional<Crew::Worker> Coordinator::worker_of(int rank) const {
  const int worker = (rank - 1) / together_;
  if (rank < 1 || leader(static_cast<Crew::Worker>(worker)) + together_ > channel_.size()) return std::nullopt;
  return static_cast<Crew::Worker>(worker);
}

int Coordinator::capacity() const { return std::max(0, crew_.room() - static_cast<int>(waiting_.size())); }

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
    channel_.send(leader(*worker), Assign{placed.token, placed.job});
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
    channel_.send(leader(*worker), Stop{id});
    if (in_process_ && first) {
      placed.given_up_at = later(workplace_.clock->now(), options_.stop_grace);
      placed.if_given_up = {.cause = Cause::stopped, .detail = "the function took no notice of being stopped"};
    }
  } else if (placed.finder >= 0) {
    channel_.send(leader(static_cast<Crew::Worker>(placed.finder)), Stop{id});
  } else if (finder_) {
    finder_->stop({&id, 1});  // else it is stopped once it is looked for
  }
}

std::vector<JobReport> Coordinator::poll(TimePoint now) {
  polled_ = now;
  bool any = false;
  while (const auto letter = channel_.receive()) {
    handle(*letter, now);
    any = true;
  }
  channel_.all_sent();
  notice_deaths(now);
  if (!to_adopt_.empty() && (crew_.all_known() || now - opened_ > hello_patience)) {
    for (const AttemptId id : std::exchange(to_adopt_, {})) find_again(id);
  }
  if (finder_) {
    for (JobReport& report : finder_->poll(now)) hear_report(report.id, std::move(report), std::nullopt);
  }
  give_up_what_is_due(now);
  recall_misplaced(now);
  dispatch();
  expect_somebody(now);
  if (any || !news_.empty()) active_ = now;
  return std::exchange(news_, {});
}

/// A trial that was thought to be short keeps another one waiting.
void Coordinator::recall_misplaced(TimePoint now) {
  if (now < next_recall_) return;
  next_recall_ = now + recall_interval;
  const auto behind = crew_.misplaced();
  if (behind && recalled_.insert(*behind).second) channel_.send(leader(*crew_.holder(*behind)), Recall{*behind});
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
    const bool silent_before = crew_.is_lost(*worker) && !unfit_.contains(*worker);
    if (silent_before && !channel_.is_given_up(letter.from) && letter.from == leader(*worker)) {
      log::warn(name_of(letter.from, channel_.peers()[static_cast<std::size_t>(letter.from)]) + " is back");
      crew_.forgive(*worker);
      open_worker(*worker);
    }
  } else if (const auto* back = std::get_if<Recalled>(&letter.message)) {
    if (crew_.holder(back->id) != worker) return;
    crew_.take(back->id);
    waiting_.push_front(back->id);
  }
}

void Coordinator::hear(Crew::Worker worker, const Hello& hello) {
  if (!hello.trouble.empty()) {
    unfit_.insert(worker);
    const auto& place = channel_.peers()[static_cast<std::size_t>(leader(worker))].place;
    return lose(worker, "on " + place.host + ": " + hello.trouble);
  }
  in_process_ = hello.in_process;
  crew_.ready(worker);
}

void Coordinator::hear_report(AttemptId id, JobReport report, std::optional<Crew::Worker> from) {
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
  if (report.state == JobState::deferred) {
    crew_.take(id);
    placed_.erase(found);
    news_.push_back(std::move(report));
    return;
  }
  if (report.state != JobState::ended && report.state != JobState::absent) {
    news_.push_back(std::move(report));
    return;
  }
  if (report.ending && report.ending->started && report.ending->ended && held) {
    crew_.learn(std::chrono::duration_cast<Seconds>(*report.ending->ended - *report.ending->started));
  }
  close(id, std::move(report));
}

void Coordinator::close(AttemptId id, JobReport report) {
  crew_.take(id);
  placed_.erase(id);
  recalled_.erase(id);
  over_.insert(id);
  news_.push_back(std::move(report));
}

void Coordinator::notice_deaths(TimePoint now) {
  std::array<epoll_event, 16> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    const int rank = static_cast<int>(events[static_cast<std::size_t>(i)].data.u64);
    const auto pidfd = watched_.find(rank);
    if (pidfd == watched_.end()) continue;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, pidfd->second.get(), nullptr);
    watched_.erase(pidfd);
    channel_.give_up(rank);
    if (const auto worker = worker_of(rank)) {
      lose(*worker, name_of(rank, channel_.peers()[static_cast<std::size_t>(rank)]) + " has died");
    }
  }
  for (int rank = 1; rank < channel_.size(); ++rank) {
    const auto worker = worker_of(rank);
    if (!worker || crew_.is_lost(*worker) || rank != leader(*worker)) continue;
    if (in_process_ && !crew_.held(*worker).empty()) continue;  // a function does not let us hear anything
    if (now - heard_[static_cast<std::size_t>(rank)] < options_.worker_patience) continue;
    lose(*worker, name_of(rank, channel_.peers()[static_cast<std::size_t>(rank)]) + " is silent");
  }
  if (now < next_ping_) return;
  next_ping_ = now + ping_interval;
  for (int rank = 1; rank < channel_.size(); ++rank) {
    if (!watched_.contains(rank)) channel_.send(rank, Ping{});
  }
}

void Coordinator::lose(Crew::Worker worker, const std::string& why) {
  if (crew_.is_lost(worker)) return;
  const std::vector<AttemptId> left = crew_.lose(worker);
  last_loss_ = why;
  if (!why.empty()) log::warn(why);
  for (const AttemptId id : left) {
    if (in_process_) {
      Ending ending{.cause = Cause::node_failure, .detail = why};
      ending.host = channel_.peers()[static_cast<std::size_t>(leader(worker))].place.host;
      close(id, {.id = id, .state = JobState::ended, .ending = std::move(ending)});
    } else {
      find_again(id);
    }
  }
}

/// What no worker of this run holds: whoever is on its node looks for it.
void Coordinator::find_again(AttemptId id) {
  Placed& placed = placed_.at(id);
  if (in_process_) {
    return close(id, {.id = id,
                      .state = JobState::ended,
                      .ending = Ending{.cause = Cause::lost, .detail = "the rank that evaluated it is gone"}});
  }
  route(id, placed);
  if (placed.stop_asked) stop(id);
}

void Coordinator::route(AttemptId id, Placed& placed) {
  const auto started = last_start(folder_.attempt(id));
  const std::string here = channel_.peers()[0].place.host;
  const std::string there = started ? started->by.host : here;
  placed.finder = -1;
  if (there != here) {
    for (Crew::Worker worker = 0; leader(worker) + together_ <= channel_.size(); ++worker) {
      const auto rank = static_cast<std::size_t>(leader(worker));
      if (crew_.is_lost(worker) || channel_.peers()[rank].place.host != there) continue;
      placed.finder = static_cast<int>(worker);
      channel_.send(leader(worker), Adopt{placed.token, placed.job});
      return;
    }
    if (placed.of_this_run) {
      placed.given_up_at = later(workplace_.clock->now(), orphan_patience);
      placed.if_given_up = {.cause = Cause::node_failure, .detail = "no worker is left on " + there, .host = there};
    }
  }
  finder().adopt({{placed.token, {placed.job}}});
}

void Coordinator::give_up_what_is_due(TimePoint now) {
  std::vector<AttemptId> due;
  for (const auto& [id, placed] : placed_) {
    if (placed.given_up_at && *placed.given_up_at <= now) due.push_back(id);
  }
  for (const AttemptId id : due) {
    Placed& placed = placed_.at(id);
    if (!in_process_) {
      if (const auto started = last_start(folder_.attempt(id))) fence_after(folder_.attempt(id), started->start);
      finder().stop({&id, 1});
    }
    if (const auto worker = crew_.holder(id)) {
      channel_.send(leader(*worker), Stop{id});
      crew_.lose(*worker);  // until it is heard of again
    }
    close(id, {.id = id, .state = JobState::ended, .ending = placed.if_given_up});
  }
}

void Coordinator::expect_somebody(TimePoint now) {
  if (crew_.any_left() || placed_.size() > waiting_.size() || !news_.empty()) {
    deserted_.reset();
    return;
  }
  if (!deserted_) deserted_ = now;
  bool any_lives = false;
  for (Crew::Worker worker = 0; leader(worker) + together_ <= channel_.size(); ++worker) {
    any_lives = any_lives || !(channel_.is_given_up(leader(worker)) || unfit_.contains(worker));
  }
  if (any_lives && now - *deserted_ < desertion_patience) return;
  throw RunnerError("no worker rank is left that can run trials" +
                    (last_loss_.empty() ? std::string() : " (" + last_loss_ + ")") +
                    "; what has been measured is safe, and the same command goes on from there");
}

}  // namespace stune::mpi
