#include "generation/queue_source.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

namespace stune {
namespace {

constexpr std::size_t largest_stock = 64;

// Candidates made from one fit: few enough that the evidence of most running trials is in it. As many as are missing,
// of half at most, where they are taken faster than they can be made.
int made_at_once(int parallel, Haste haste, int missing) {
  constexpr int most = 16;
  if (haste == Haste::great) return std::clamp(missing, 1, std::clamp(parallel / 2, 1, most));
  constexpr int dozens = 32;
  return parallel < dozens ? 1 : std::min(parallel / 8, most);
}

std::vector<Candidate> all_of(Proposal proposal) {
  std::vector<Candidate> all;
  if (proposal.candidate) all.push_back(std::move(*proposal.candidate));
  std::ranges::move(proposal.further, std::back_inserter(all));
  return all;
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0, std::plus{},
                               [](double x, double y) { return (x - y) * (x - y); });
}

// What was handed out meanwhile stands for the most similar of the candidates made without knowing it.
void remove_those_like(std::span<const Parameterization> unforeseen, const SearchSpace& space,
                       std::vector<Candidate>& made) {
  for (const Parameterization& p : unforeseen) {
    const std::vector<double> x = space.encode(p);
    const auto nearest = std::ranges::min_element(
        made, {}, [&](const Candidate& c) { return squared_distance(space.encode(c.parameters), x); });
    if (nearest == made.end()) return;
    if (nearest->fit && std::next(nearest) != made.end()) std::next(nearest)->fit = nearest->fit;
    made.erase(nearest);
  }
}

}  // namespace

QueueSource::QueueSource(GenerationStrategy strategy)
    : evidence_(strategy.history().last_evidence()), strategy_(std::move(strategy)), worker_([this] { work(); }) {}

QueueSource::~QueueSource() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  wake_worker_.notify_one();
  worker_.join();
}

void QueueSource::feed(std::span<const Event> committed) {
  const std::lock_guard lock(mutex_);
  bool surprise = false;
  for (const Event& event : committed) {
    if (std::holds_alternative<TrialEnded>(event.what)) evidence_ = event.sequence;
    const auto* created = std::get_if<TrialCreated>(&event.what);
    if (created && !taken_.empty() && taken_.front() == created->parameters) {
      taken_.pop_front();
    } else if (created || std::holds_alternative<OptionsChanged>(event.what)) {
      surprise = true;
    }
    inbox_.push_back(event);
  }
  // Candidates that were handed out and did not become trials are no longer pending.
  if (surprise || !taken_.empty()) forget_plans();
  wake_worker_.notify_one();
}

void QueueSource::forget_plans() {
  taken_.clear();
  stock_.clear();
  exhausted_by_.reset();
  ++epoch_;
}

Candidates QueueSource::take(int count, Sequence seen_at_least) {
  ready_.drain();
  const std::lock_guard lock(mutex_);
  Candidates taken;
  taken.notice = std::exchange(notice_, {});
  const bool outdated = !stock_.empty() && stock_.front().fresh_up_to < evidence_;
  wanted_ = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(count, 1)), 1, largest_stock);
  while (static_cast<int>(taken.ready.size()) < count && !stock_.empty() &&
         stock_.front().fresh_up_to >= seen_at_least) {
    taken_.push_back(stock_.front().parameters);
    taken.ready.push_back(std::move(stock_.front()));
    stock_.pop_front();
  }
  if (outdated && !taken.ready.empty()) {
    hurried_ = true;
    if (replacing_) {
      for (const Candidate& candidate : taken.ready) unforeseen_.push_back(candidate.parameters);
    }
  }
  taken.exhausted = exhausted() && stock_.empty() && inbox_.empty();
  wake_worker_.notify_one();
  return taken;
}

bool QueueSource::has_work() const {
  if (quit_ || !inbox_.empty()) return true;
  if (strategy_.history().definition().id.empty() || exhausted()) return false;
  return missing() > 0 || stock_.front().fresh_up_to < evidence_;
}

int QueueSource::missing() const {
  const auto half = static_cast<std::size_t>(strategy_.history().options().parallel / 2);
  const std::size_t stocked = hurried_ ? std::clamp(half, wanted_, largest_stock) : wanted_;
  return static_cast<int>(stocked) - static_cast<int>(stock_.size());
}

void QueueSource::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_worker_.wait(lock, [this] { return has_work(); });
    if (quit_) return;
    const std::vector<Event> events = std::exchange(inbox_, {});
    const int missing = this->missing();
    const Haste haste = !hurried_ ? Haste::none : missing > 0 ? Haste::great : Haste::some;
    const bool outdated = haste != Haste::great && !stock_.empty() && stock_.front().fresh_up_to < evidence_;
    replacing_ = outdated;
    const bool enough = exhausted() || (!outdated && missing <= 0);
    const std::uint64_t epoch = epoch_;
    unforeseen_.clear();
    // What will be a trial before the new candidate: what was handed out, and the stock unless it is to be replaced.
    std::vector<Parameterization> assumed(taken_.begin(), taken_.end());
    for (const Candidate& c : stock_) {
      if (!outdated) assumed.push_back(c.parameters);
    }
    lock.unlock();
    for (const Event& event : events) strategy_.apply(event);
    Proposal next;
    if (!enough && !strategy_.history().definition().id.empty()) {
      const int parallel = strategy_.history().options().parallel;
      const int count = strategy_.depends_on_evidence() ? made_at_once(parallel, haste, missing) : missing;
      next = strategy_.next(assumed, {count, haste});
    }
    const SearchSpace& space = strategy_.history().space();
    const Sequence known = strategy_.history().last_evidence();
    lock.lock();
    if (epoch != epoch_) continue;  // the picture has changed meanwhile: look again
    if (!next.notice.empty()) notice_ = std::move(next.notice);
    if (next.exhausted) exhausted_by_ = known;
    std::vector<Candidate> made = all_of(std::move(next));
    remove_those_like(unforeseen_, space, made);
    if (!made.empty() && outdated) stock_.clear();
    if (outdated && unforeseen_.empty()) hurried_ = false;
    std::ranges::move(made, std::back_inserter(stock_));
    if (!made.empty() || exhausted()) ready_.notify();
  }
}

}  // namespace stune
