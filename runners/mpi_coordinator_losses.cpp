// Workers that die, fall silent or come back, and what becomes of their trials.
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "runners/mpi_coordinator.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"

namespace stune::mpi {
namespace {

using std::chrono::seconds;

constexpr seconds ping_interval{20};
/// Workers that wind down do so for a reason that rank 0 is told as well; those that are stuck may come back.
constexpr seconds desertion_patience{120};
/// A process whose rank is dead gets SIGTERM at once and SIGKILL 10 s later, and then writes its exit record.
constexpr seconds orphan_patience{40};

}  // namespace

std::string Coordinator::name_of(int rank) const {
  const Peer& peer = post_.peer(rank);
  return "worker rank " + std::to_string(rank) + " on " + peer.place.host + " (pid " +
         std::to_string(peer.process.pid) + ")";
}

bool Coordinator::is_whole(Crew::Worker worker) const {
  for (int rank = leader(worker); rank < leader(worker) + together_; ++rank) {
    if (post_.is_given_up(rank)) return false;
  }
  return true;
}

void Coordinator::hear_of_death(int rank) {
  post_.give_up(rank);
  const auto worker = worker_of(rank);
  if (!worker) return;
  lose(*worker, name_of(rank) + " has died");
  const std::string advice = advice_for_deaths(current_environment());
  if (!std::exchange(advised_, true) && !advice.empty()) {
    log::warn("should the others end now, too: with " + advice + " they go on");
  }
  left_behind_.erase(*worker);
}

void Coordinator::notice_silence(TimePoint now) {
  for (Crew::Worker worker = 0; worker < workers(); ++worker) {
    if (crew_.is_lost(worker)) continue;
    const bool evaluates = in_process_ && !crew_.held(worker).empty();
    const Seconds patience = evaluates ? options_.function_patience : options_.worker_patience;
    if (evaluates && patience <= Seconds{0}) continue;
    if (now - heard_[static_cast<std::size_t>(leader(worker))] < patience) continue;
    lose(worker, name_of(leader(worker)) + " is silent");
  }
  if (now < next_ping_) return;
  next_ping_ = now + ping_interval;
  for (int rank = 1; rank < post_.size(); ++rank) {
    if (!watch_.watches(rank)) post_.send(rank, Ping{});
  }
}

/// The kernel tells of deaths on a node to those on the node only.
void Coordinator::warn_of_unseen_deaths() {
  if (options_.function_patience > Seconds{0} || workplace_.trial_time_limit > Seconds{0}) return;
  for (Crew::Worker worker = 0; worker < workers(); ++worker) {
    const Peer& peer = post_.peer(leader(worker));
    if (peer.is_beside(post_.peer(0))) continue;
    log::warn("should " + peer.place.host +
              " fail while functions are evaluated there, nobody would notice: set MpiOptions::function_patience");
    return;
  }
}

void Coordinator::lose(Crew::Worker worker, const std::string& why) {
  if (crew_.is_lost(worker)) return;
  const std::vector<AttemptId> left = crew_.lose(worker);
  last_loss_ = why;
  if (!why.empty()) log::warn(why);
  for (const AttemptId id : left) {
    left_behind_[worker].insert(id);
    if (in_process_) {
      Ending ending{.cause = Cause::node_failure, .detail = why};
      ending.host = post_.peer(leader(worker)).place.host;
      close(id, {.id = id, .state = JobState::ended, .ending = std::move(ending)});
    } else {
      find_again(id);
    }
  }
}

/// It was silent, and lives. Cores and GPUs are for one trial at a time: it is used again once all that it had has
/// ended there; what is over for us is to end soon.
void Coordinator::come_back(Crew::Worker worker) {
  if (!crew_.is_lost(worker) || unfit_.contains(worker) || !is_whole(worker)) return;
  const std::set<AttemptId>& left = left_behind_[worker];
  for (const AttemptId id : left) {
    if (!placed_.contains(id)) post_.send(leader(worker), Stop{id});
  }
  if (!left.empty()) return;
  log::warn(name_of(leader(worker)) + " is back");
  crew_.forgive(worker);
  open_worker(worker);
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
  const std::string here = post_.peer(0).place.host;
  const std::string there = started ? started->by.host : here;
  placed.finder = -1;
  if (there != here) {
    for (Crew::Worker worker = 0; worker < workers(); ++worker) {
      if (crew_.is_lost(worker) || post_.peer(leader(worker)).place.host != there) continue;
      placed.finder = static_cast<int>(worker);
      post_.send(leader(worker), Adopt{placed.token, placed.job});
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
    const auto found = placed_.find(id);
    if (found == placed_.end()) continue;  // lost with another one
    if (!in_process_) {
      if (const auto started = last_start(folder_.attempt(id))) fence_after(folder_.attempt(id), started->start);
      finder().stop({&id, 1});
    }
    const auto worker = crew_.holder(id);
    close(id, {.id = id, .state = JobState::ended, .ending = found->second.if_given_up});
    if (!worker) continue;
    post_.send(leader(*worker), Stop{id});
    left_behind_[*worker].insert(id);
    lose(*worker, name_of(leader(*worker)) + " does not end what it evaluates");
  }
}

void Coordinator::expect_somebody(TimePoint now) {
  if (crew_.any_left() || placed_.size() > waiting_.size() || !news_.empty()) {
    deserted_.reset();
    return;
  }
  if (!deserted_) deserted_ = now;
  bool any_may_come_back = false;
  for (Crew::Worker worker = 0; worker < workers(); ++worker) {
    any_may_come_back = any_may_come_back || (is_whole(worker) && !unfit_.contains(worker));
  }
  if (any_may_come_back && now - *deserted_ < desertion_patience) return;
  throw RunnerError("no worker rank is left that can run trials" +
                    (last_loss_.empty() ? std::string() : " (" + last_loss_ + ")") +
                    "; what has been measured is safe, and the same command goes on from there");
}

}  // namespace stune::mpi
