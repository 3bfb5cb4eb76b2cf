/// \file Who started an attempt, where a shared file system does not say so at once or never will.
#pragma once

#include <map>
#include <optional>
#include <variant>

#include "runners/slurm_timing.hpp"
#include "trial/claim.hpp"
#include "trial/folder.hpp"

namespace stune::slurm {

/// A claim that cannot be read is waited for; for longer than the grace period it counts as a start by nobody knows
/// whom (the claimant's job is empty), so that a damaged file costs one attempt and not the run.
class Claims {
 public:
  /// References outlive it.
  Claims(const ExperimentFolder& folder, const Timing& timing) : folder_(folder), timing_(timing) {}

  /// Throws StorageError while it is waited for.
  std::optional<Started> last_start(AttemptId id, TimePoint now);
  /// Of an attempt whose start `after` is over; nothing: that has not started. Throws StorageError likewise.
  std::variant<Fenced, Started> fence(AttemptId id, std::optional<int> after, TimePoint now);

  /// Since when claims could not be read; of an earlier coordinator, too.
  void remember(std::map<AttemptId, TimePoint> unreadable) { unreadable_ = std::move(unreadable); }
  const std::map<AttemptId, TimePoint>& unreadable() const { return unreadable_; }

 private:
  bool is_given_up(AttemptId id, TimePoint now);

  const ExperimentFolder& folder_;
  const Timing& timing_;
  std::map<AttemptId, TimePoint> unreadable_;
};

}  // namespace stune::slurm
