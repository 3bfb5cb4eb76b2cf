/// \file How one machine is shared out: disjoint cores and GPUs for trials that run side by side.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/children.hpp"

namespace stune {

/// What this process may use, or what one trial is given. Empty: not restricted.
struct Share {
  std::vector<int> cpus;
  std::vector<std::string> gpus;  ///< indices or UUIDs, as CUDA_VISIBLE_DEVICES has them

  bool operator==(const Share&) const = default;
};

struct ShareRequest {
  int slots = 0;  ///< 0: as many as there is room for
  int cpus_per_trial = 0;
  int gpus_per_trial = 0;
};

/// The cores that this process is allowed on, and its GPUs.
Share machine_share(const Environment& environment);

/// The entries of CUDA_VISIBLE_DEVICES or ROCR_VISIBLE_DEVICES; where neither is set, one for each nvidiaN in
/// `devices`.
std::vector<std::string> find_gpus(const Environment& environment, const std::filesystem::path& devices = "/dev");

/// One share for each slot, from neighbouring cores; none where nothing is to be restricted and `slots` is 0. Pure.
/// Throws RunnerError that says what is there if it is too little.
std::vector<Share> share_out(const Share& machine, const ShareRequest& request);

/// What a trial must have in its environment to keep to `share`: visible GPUs, and OMP_NUM_THREADS unless `environment`
/// has it. Pure.
Environment share_environment(const Share& share, const Environment& environment);

/// Which shares are taken.
class SlotPool {
 public:
  using Slot = std::size_t;
  explicit SlotPool(std::vector<Share> shares = {}) : shares_(std::move(shares)), taken_(shares_.size(), false) {}

  bool limited() const { return !shares_.empty(); }
  int free() const;
  const Share& share(Slot slot) const { return shares_[slot]; }
  /// The first free one; nothing if none is.
  std::optional<Slot> take();
  /// A free one with this share, for a trial that has it already.
  std::optional<Slot> take(const Share& share);
  void give_back(Slot slot) { taken_[slot] = false; }

 private:
  std::vector<Share> shares_;
  std::vector<bool> taken_;
};

}  // namespace stune
