#include "scheduler/ledger.hpp"

#include "stune/error.hpp"

namespace stune {

void Ledger::commit(std::vector<EventBody> bodies) {
  if (bodies.empty()) return;
  if (closed_) throw StorageError("the journal could not be written before; open the experiment again");
  closed_ = true;
  const TimePoint now = clock_.now();
  std::vector<Event> events;
  events.reserve(bodies.size());
  for (EventBody& body : bodies) {
    events.push_back({experiment_.last_sequence() + 1, now, std::move(body)});
    // Applying first refuses what makes no sense before it can poison the journal.
    experiment_.apply(events.back());
  }
  journal_.append(events);
  closed_ = false;
  for (CandidateSource* source : followers_) source->feed(events);
}

}  // namespace stune
