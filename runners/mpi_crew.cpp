#include "runners/mpi_crew.hpp"

#include <algorithm>
#include <utility>

namespace stune::mpi {
namespace {

constexpr std::size_t remembered = 15;  // durations; odd, so that there is one in the middle
constexpr std::size_t enough = 3;       // durations before trials count as short
/// What has ended is journaled and fsynced before anything new is given out: trials that are quicker share that.
constexpr Seconds quicker_than_a_commit{0.01};
constexpr std::size_t most_at_hand = 8;

}  // namespace

Crew::Crew(std::vector<std::string> hosts, Seconds short_trial) : short_trial_(short_trial) {
  for (std::string& host : hosts) members_.push_back({.host = std::move(host)});
}

void Crew::ready(Worker worker) {
  if (members_[worker].state == State::unknown) members_[worker].state = State::ready;
}

void Crew::retire(Worker worker) {
  if (members_[worker].state != State::lost) members_[worker].state = State::retired;
}

std::vector<AttemptId> Crew::lose(Worker worker) {
  members_[worker].state = State::lost;
  for (const AttemptId id : members_[worker].held) held_by_.erase(id);
  return std::exchange(members_[worker].held, {});
}

bool Crew::any_left() const {
  return std::ranges::any_of(members_,
                             [](const Member& m) { return m.state == State::unknown || m.state == State::ready; });
}

bool Crew::all_known() const {
  return std::ranges::none_of(members_, [](const Member& m) { return m.state == State::unknown; });
}

void Crew::give(Worker worker, AttemptId id) {
  members_[worker].held.push_back(id);
  held_by_[id] = worker;
}

bool Crew::take(AttemptId id) {
  const auto found = held_by_.find(id);
  if (found == held_by_.end()) return false;
  std::erase(members_[found->second].held, id);
  held_by_.erase(found);
  return true;
}

std::optional<Crew::Worker> Crew::holder(AttemptId id) const {
  const auto found = held_by_.find(id);
  return found == held_by_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Crew::Worker> Crew::choose(const std::vector<std::string>& avoid) const {
  std::optional<Worker> best;
  std::pair<std::size_t, bool> least{};
  for (Worker worker = 0; worker < members_.size(); ++worker) {
    const Member& member = members_[worker];
    if (member.state != State::ready || member.held.size() >= depth()) continue;
    const std::pair cost{member.held.size(), std::ranges::find(avoid, member.host) != avoid.end()};
    if (best && cost >= least) continue;
    best = worker;
    least = cost;
  }
  return best;
}

int Crew::room() const {
  std::size_t places = 0;
  for (const Member& member : members_) {
    if (member.state == State::ready && member.held.size() < depth()) places += depth() - member.held.size();
  }
  return static_cast<int>(places);
}

void Crew::learn(Seconds duration) {
  if (recent_.size() == remembered) recent_.pop_front();
  recent_.push_back(duration);
}

std::size_t Crew::depth() const {
  if (recent_.size() < enough || short_trial_ <= Seconds{0}) return 1;
  std::vector<Seconds> sorted(recent_.begin(), recent_.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  if (*middle >= short_trial_) return 1;
  return *middle < quicker_than_a_commit ? most_at_hand : 2;
}

std::optional<AttemptId> Crew::misplaced() const {
  const bool idle =
      std::ranges::any_of(members_, [](const Member& m) { return m.state == State::ready && m.held.empty(); });
  if (!idle) return std::nullopt;
  const auto crowded = std::ranges::find_if(members_, [](const Member& m) { return m.held.size() > 1; });
  return crowded == members_.end() ? std::nullopt : std::optional(crowded->held.back());
}

}  // namespace stune::mpi
