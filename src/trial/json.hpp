/// \file JSON of the trial's files; for this folder's sources only. Text is kept exactly, also where it is no UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
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

/// `object[key]`, or `fallback` where it is missing. Throws nlohmann's exceptions for another type.
template <typename T>
T member_or(const Json& object, const char* key, T fallback) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : found->template get<T>();
}
std::string text_or(const Json& object, const char* key, const std::string& fallback = {});

}  // namespace stune::trial
