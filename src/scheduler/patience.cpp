#include "scheduler/patience.hpp"

#include <algorithm>

namespace stune {
namespace {

constexpr double share = 0.01;
constexpr Seconds short_trial{1.0};
constexpr Seconds for_short_ones{0.1};

}  // namespace

void Patience::learn(Seconds duration) {
  if (recent_.size() == kept) recent_.erase(recent_.begin());
  recent_.push_back(duration);
}

Seconds Patience::value(int parallel) const {
  if (recent_.empty()) return Seconds{0};
  std::vector<Seconds> sorted = recent_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  const Seconds alone = *middle < short_trial ? for_short_ones : *middle * share;
  return alone / std::max(parallel, 1);
}

}  // namespace stune
