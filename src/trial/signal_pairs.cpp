#include "trial/signal_pairs.hpp"

#include <algorithm>

namespace stune::trial {

bool SignalPairs::take(std::vector<Waiting>& waiting, int signal, Time now) {
  const auto found = std::find_if(waiting.begin(), waiting.end(),
                                  [&](const Waiting& entry) { return entry.signal == signal && now <= entry.until; });
  if (found == waiting.end()) return false;
  waiting.erase(found);
  return true;
}

void SignalPairs::received(int signal, Time now) {
  if (!take(witnessed_, signal, now)) received_.push_back({signal, now + window});
}

void SignalPairs::witnessed(int signal, Time now) {
  if (!take(received_, signal, Time::min())) witnessed_.push_back({signal, now + window});
}

void SignalPairs::settle(int signal) { take(received_, signal, Time::min()); }

void SignalPairs::expect(int signal, Time now) {
  constexpr std::chrono::milliseconds a_little{10};
  for (Waiting& entry : received_) {
    if (entry.signal == signal) entry.until = std::max(entry.until, now + a_little);
  }
}

std::vector<int> SignalPairs::overdue(Time now) const {
  std::vector<int> result;
  for (const Waiting& entry : received_) {
    if (entry.until <= now) result.push_back(entry.signal);
  }
  return result;
}

std::vector<int> SignalPairs::due(Time now) {
  const auto is_over = [&](const Waiting& entry) { return entry.until <= now; };
  std::vector<int> result = overdue(now);
  std::erase_if(received_, is_over);
  std::erase_if(witnessed_, is_over);
  return result;
}

std::optional<SignalPairs::Time> SignalPairs::next_due() const {
  if (received_.empty()) return std::nullopt;
  return std::min_element(received_.begin(), received_.end(),
                          [](const Waiting& a, const Waiting& b) { return a.until < b.until; })
      ->until;
}

}  // namespace stune::trial
