#include "trial/json.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/clock.hpp"

namespace stune::trial {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";

std::string to_hex(const std::string& bytes) {
  std::string result;
  result.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result += hex_digits[byte >> 4U];
    result += hex_digits[byte & 15U];
  }
  return result;
}

std::string from_hex(const std::string& hex) {
  if (hex.size() % 2 != 0) throw std::invalid_argument("odd number of hexadecimal digits");
  std::string result;
  result.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    result += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return result;
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace

Json encode_text(const std::string& text) {
  if (is_utf8(text)) return text;
  return Json{{"bytes", to_hex(text)}};
}

std::string decode_text(const Json& json) {
  return json.is_object() ? from_hex(json.at("bytes").get<std::string>()) : json.get<std::string>();
}

Json encode_number(double number) {
  if (std::isfinite(number)) return number;
  if (std::isnan(number)) return "nan";
  return number > 0 ? "inf" : "-inf";
}

double decode_number(const Json& json) {
  if (json.is_number()) return json.get<double>();
  const auto text = json.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  throw std::invalid_argument("'" + text + "' is no number");
}

Json encode_observations(const std::vector<Observation>& observations) {
  Json result = Json::array();
  for (const Observation& observation : observations) {
    Json entry{{"metric", encode_text(observation.metric)}};
    if (observation.step != final_step) entry["step"] = observation.step;
    entry["mean"] = encode_number(observation.mean);
    if (!std::isnan(observation.sem)) entry["sem"] = encode_number(observation.sem);
    if (observation.at) entry["at"] = encode_time(*observation.at);
    result.push_back(std::move(entry));
  }
  return result;
}

std::vector<Observation> decode_observations(const Json& json) {
  std::vector<Observation> result;
  for (const Json& entry : json) {
    Observation observation;
    observation.metric = decode_text(entry.at("metric"));
    observation.step = member_or(entry, "step", final_step);
    observation.mean = decode_number(entry.at("mean"));
    if (entry.contains("sem")) observation.sem = decode_number(entry.at("sem"));
    if (entry.contains("at")) observation.at = decode_time(entry.at("at"));
    result.push_back(std::move(observation));
  }
  return result;
}

Json encode_time(TimePoint time) { return to_iso(time); }

TimePoint decode_time(const Json& json) {
  const auto time = parse_iso(json.get<std::string>());
  if (!time) throw std::invalid_argument("no time: " + json.dump());
  return *time;
}

std::string text_or(const Json& object, const char* key, const std::string& fallback) {
  const auto found = object.find(key);
  return found == object.end() ? fallback : decode_text(*found);
}

}  // namespace stune::trial
