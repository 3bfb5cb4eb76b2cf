/// \file JSON of the trial's files; for this folder's sources only. Text is kept exactly, also where it is no UTF-8.
#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stune/observation.hpp"
#include "stune/trial.hpp"

namespace stune::trial {

using Json = nlohmann::ordered_json;

/// A string, or {"bytes": "HEX"} where it is no UTF-8.
Json encode_text(const std::string& text);
std::string decode_text(const Json& json);

/// A number, or "nan", "inf", "-inf".
Json encode_number(double number);
double decode_number(const Json& json);

Json encode_observations(const std::vector<Observation>& observations);
std::vector<Observation> decode_observations(const Json& json);

Json encode_time(TimePoint time);
TimePoint decode_time(const Json& json);

/// Throws std::invalid_argument for anything but a whole number that T can hold, where get<T>() makes another one of
/// it.
template <std::integral T>
T decode_integer(const Json& json) {
  const bool fits = json.is_number_unsigned()  ? std::in_range<T>(json.get<std::uint64_t>())
                    : json.is_number_integer() ? std::in_range<T>(json.get<std::int64_t>())
                                               : false;
  if (!fits) throw std::invalid_argument("no whole number in the range of what it stands for: " + json.dump());
  return json.get<T>();
}

/// `object[key]`, or `fallback` where it is missing. Throws nlohmann's exceptions for another type, and as
/// decode_integer.
template <typename T>
T member_or(const Json& object, const char* key, T fallback) {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    return decode_integer<T>(*found);
  } else {
    return found->template get<T>();
  }
}
std::string text_or(const Json& object, const char* key, const std::string& fallback = {});

}  // namespace stune::trial
