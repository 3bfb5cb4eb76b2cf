/// \file Events of every type with content as odd as it may get, for tests of what keeps or applies them.
#pragma once

#include <random>

#include "experiment/event.hpp"

namespace stune {

/// Same seed, same events.
class RandomEvents {
 public:
  explicit RandomEvents(std::uint64_t seed) : generator_(seed) {}

  /// Bytes of all kinds: quotes, newlines, NUL, UTF-8, what is no UTF-8, words that read as numbers; often empty.
  std::string text();
  double real();
  std::int64_t integer();
  Value value();
  Definition definition();
  RunOptions options();
  Ending ending();
  std::vector<Observation> observations();
  /// Alternative `type` of EventBody. Trials get their names from `definition`.
  EventBody body(std::size_t type, const Definition& definition);
  /// What no Experiment would accept, but every journal has to keep: the creation, then any other types.
  std::vector<Event> journal(int count);

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(generator_); }
  template <typename Item>
  const Item& one_of(const std::vector<Item>& items);
  bool coin() { return below(2) == 0; }
  TimePoint time();
  Metadata metadata();
  Parameter parameter(int index);

  std::mt19937_64 generator_;
};

/// Equal in every member, bit by bit for numbers (but all NaN are one).
bool same(const Value& a, const Value& b);
bool same(const Event& a, const Event& b);

}  // namespace stune
