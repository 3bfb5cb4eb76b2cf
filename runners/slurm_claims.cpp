#include "runners/slurm_claims.hpp"

#include "stune/error.hpp"

namespace stune::slurm {

bool Claims::is_given_up(AttemptId id, TimePoint now) {
  return now - unreadable_.try_emplace(id, now).first->second >= timing_.grace;
}

std::optional<Started> Claims::last_start(AttemptId id, TimePoint now) {
  const AttemptFolder attempt = folder_.attempt(id);
  try {
    auto start = stune::last_start(attempt);
    unreadable_.erase(id);
    return start;
  } catch (const StorageError&) {
    if (!is_given_up(id, now)) throw;
    return Started{highest_claim(attempt), {}};
  }
}

std::variant<Fenced, Started> Claims::fence(AttemptId id, std::optional<int> after, TimePoint now) {
  const AttemptFolder attempt = folder_.attempt(id);
  try {
    auto outcome = after ? fence_after(attempt, *after) : stune::fence(attempt);
    unreadable_.erase(id);
    return outcome;
  } catch (const StorageError&) {
    if (!is_given_up(id, now)) throw;
    const int highest = highest_claim(attempt);
    if (highest <= after.value_or(-1)) throw;
    return Started{highest, {}};
  }
}

}  // namespace stune::slurm
