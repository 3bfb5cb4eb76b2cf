#include "generation/inline_source.hpp"

namespace stune {

void InlineSource::feed(std::span<const Event> committed) {
  taken_.clear();
  for (const Event& event : committed) strategy_.apply(event);
}

Candidates InlineSource::take(int count, Sequence seen_at_least) {
  Candidates taken;
  if (seen_at_least == any_evidence && strategy_.depends_on_evidence()) return taken;
  while (static_cast<int>(taken.ready.size()) < count && !taken.exhausted) {
    Proposal next = strategy_.next(taken_);
    taken.exhausted = next.exhausted;
    if (!next.notice.empty()) taken.notice = std::move(next.notice);
    if (!next.candidate) break;
    taken_.push_back(next.candidate->parameters);
    taken.ready.push_back(std::move(*next.candidate));
  }
  return taken;
}

}  // namespace stune
