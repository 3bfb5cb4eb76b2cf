#include "runners/slots.hpp"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include "stune/error.hpp"

namespace stune {
namespace {

/// Grown until the kernel's mask fits: large machines have more than CPU_SETSIZE.
std::vector<int> allowed_cpus() {
  constexpr std::size_t largest = 1 << 20;
  for (std::size_t count = CPU_SETSIZE; count <= largest; count *= 2) {
    std::vector<cpu_set_t> mask(count / CPU_SETSIZE);
    const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, bytes, mask.data()) != 0) continue;
    std::vector<int> cpus;
    for (std::size_t cpu = 0; cpu < count; ++cpu) {
      if (CPU_ISSET_S(cpu, bytes, mask.data())) cpus.push_back(static_cast<int>(cpu));
    }
    return cpus;
  }
  return {};
}

std::vector<std::string> split_devices(std::string_view text) {
  std::vector<std::string> devices;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    word.remove_prefix(std::min(word.find_first_not_of(' '), word.size()));
    word = word.substr(0, word.find_last_not_of(' ') + 1);
    // CUDA takes no device from the first invalid entry on.
    if (word.empty() || word.front() == '-' || word == "NoDevFiles") break;
    devices.emplace_back(word);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return devices;
}

std::string plural(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// How many trials fit at `each` units; unlimited where they ask for none.
std::size_t room(std::size_t units, int each) {
  return each > 0 ? units / static_cast<std::size_t>(each) : std::numeric_limits<std::size_t>::max();
}

void check(const std::string& noun, std::size_t there, int each, std::size_t slots) {
  if (room(there, each) >= slots) return;
  const std::size_t needed = static_cast<std::size_t>(each) * slots;
  throw RunnerError(plural(slots, "trial") + " at a time with " + plural(static_cast<std::size_t>(each), noun) +
                    " each need " + plural(needed, noun) + "; this machine gives us " + std::to_string(there));
}

template <class T>
std::vector<T> take_block(const std::vector<T>& all, std::size_t block, int size) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(block) * size;
  return {begin, begin + size};
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

}  // namespace

Share machine_share(const Environment& environment) { return {allowed_cpus(), find_gpus(environment)}; }

std::vector<std::string> find_gpus(const Environment& environment, const std::filesystem::path& devices) {
  for (const char* name : {"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"}) {
    if (const auto found = environment.find(name); found != environment.end()) return split_devices(found->second);
  }
  std::vector<int> indices;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(devices, ignored)) {
    const std::string name = entry.path().filename().string();
    constexpr std::string_view prefix = "nvidia";
    int index = 0;
    const char* end = name.data() + name.size();
    if (!name.starts_with(prefix)) continue;
    const auto [rest, error] = std::from_chars(name.data() + prefix.size(), end, index);
    if (error == std::errc() && rest == end && index >= 0) indices.push_back(index);
  }
  std::sort(indices.begin(), indices.end());
  std::vector<std::string> gpus;
  gpus.reserve(indices.size());
  for (const int index : indices) gpus.push_back(std::to_string(index));
  return gpus;
}

std::vector<Share> share_out(const Share& machine, const ShareRequest& request) {
  const int cpus = std::max(0, request.cpus_per_trial);
  const int gpus = std::max(0, request.gpus_per_trial);
  auto slots = static_cast<std::size_t>(std::max(0, request.slots));
  if (slots == 0 && cpus == 0 && gpus == 0) return {};
  const std::size_t fits = std::min(room(machine.cpus.size(), cpus), room(machine.gpus.size(), gpus));
  if (slots == 0) slots = std::max<std::size_t>(1, fits);
  check("core", machine.cpus.size(), cpus, slots);
  check("GPU", machine.gpus.size(), gpus, slots);
  std::vector<Share> shares;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    shares.push_back({take_block(machine.cpus, slot, cpus), take_block(machine.gpus, slot, gpus)});
  }
  return shares;
}

Environment share_environment(const Share& share, const Environment& environment) {
  Environment result;
  if (!share.cpus.empty() && !environment.contains("OMP_NUM_THREADS")) {
    result["OMP_NUM_THREADS"] = std::to_string(share.cpus.size());
  }
  if (!share.gpus.empty()) {
    result["CUDA_VISIBLE_DEVICES"] = join(share.gpus);
    result["ROCR_VISIBLE_DEVICES"] = join(share.gpus);
  }
  return result;
}

int SlotPool::free() const { return static_cast<int>(std::count(taken_.begin(), taken_.end(), false)); }

std::optional<SlotPool::Slot> SlotPool::take() {
  const auto found = std::find(taken_.begin(), taken_.end(), false);
  if (found == taken_.end()) return std::nullopt;
  *found = true;
  return static_cast<Slot>(found - taken_.begin());
}

std::optional<SlotPool::Slot> SlotPool::take(const Share& share) {
  for (Slot slot = 0; slot < shares_.size(); ++slot) {
    if (taken_[slot] || shares_[slot] != share) continue;
    taken_[slot] = true;
    return slot;
  }
  return std::nullopt;
}

}  // namespace stune
