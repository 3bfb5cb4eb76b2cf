#include "cli/quantities.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <vector>

#include "stune/error.hpp"

namespace stune::cli {

namespace {

template <class Number>
std::optional<Number> read(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{{}};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<double> with_unit(const std::string& text) {
  if (text.empty()) return std::nullopt;
  double factor = 1.0;
  std::string_view digits = text;
  switch (text.back()) {
    case 's':
      factor = 1.0;
      break;
    case 'm':
      factor = 60.0;
      break;
    case 'h':
      factor = 3600.0;
      break;
    case 'd':
      factor = 86400.0;
      break;
    default:
      factor = 0.0;
  }
  if (factor > 0.0) digits.remove_suffix(1);
  const auto value = read<double>(digits);
  if (!value) return std::nullopt;
  return *value * (factor > 0.0 ? factor : 1.0);
}

/// MM:SS, HH:MM:SS, D-HH:MM:SS.
std::optional<double> with_colons(const std::string& text) {
  double seconds = 0.0;
  std::string clock = text;
  if (const auto dash = text.find('-'); dash != std::string::npos) {
    const auto days = read<int>(std::string_view(text).substr(0, dash));
    if (!days || *days < 0) return std::nullopt;
    seconds = *days * 86400.0;
    clock = text.substr(dash + 1);
  }
  const auto parts = split(clock, ':');
  if (parts.size() > 3 || (clock.size() != text.size() && parts.size() != 3)) return std::nullopt;
  double part_of_clock = 0.0;
  for (const std::string& part : parts) {
    const auto value = read<int>(part);
    if (!value || *value < 0) return std::nullopt;
    part_of_clock = part_of_clock * 60.0 + *value;
  }
  return seconds + part_of_clock;
}

}  // namespace

std::int64_t parse_whole(const std::string& text, std::int64_t least, std::int64_t most) {
  const auto value = read<std::int64_t>(text);
  if (value && *value >= least && *value <= most) return *value;
  std::string valid = "a whole number";
  if (most < std::numeric_limits<int>::max()) {
    valid += " from " + std::to_string(least) + " to " + std::to_string(most);
  } else if (least > std::numeric_limits<std::int64_t>::min()) {
    valid += ", at least " + std::to_string(least);
  }
  throw ConfigError("found \"" + text + "\"; valid is " + valid);
}

double parse_real(const std::string& text) {
  const auto value = read<double>(text);
  if (!value || !std::isfinite(*value)) throw ConfigError("found \"" + text + "\"; valid is a number");
  return *value;
}

Seconds parse_duration(const std::string& text) {
  const auto seconds = text.find(':') == std::string::npos ? with_unit(text) : with_colons(text);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0.0) {
    throw ConfigError("found \"" + text + "\"; valid is a time such as 90 (seconds), 30s, 5m, 2h, 1d or 02:30:00");
  }
  return Seconds{*seconds};
}

PollPlan parse_poll(const std::string& text) {
  const auto parts = split(text, ',');
  if (parts.size() > 3) throw ConfigError("found \"" + text + "\"; valid is START[,GROWTH[,CAP]], as in 60,1.5,300");
  PollPlan plan;
  plan.start = parse_duration(parts[0]);
  if (plan.start.count() <= 0.0) throw ConfigError("found \"" + text + "\"; the first interval must be more than 0 s");
  if (parts.size() > 1) plan.growth = parse_real(parts[1]);
  if (plan.growth < 1.0) throw ConfigError("found a growth of " + parts[1] + "; valid is a factor of at least 1");
  if (parts.size() > 2) {
    plan.cap = parse_duration(parts[2]);
    if (plan.cap < plan.start)
      throw ConfigError("found \"" + text + "\"; the longest interval must not be less than the first");
  }
  return plan;
}

std::string number(double value, int digits) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value == std::trunc(value) && std::abs(value) < 1e15) return std::to_string(static_cast<std::int64_t>(value));
  std::array<char, 40> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string with_error(double mean, double sem) {
  return number(mean) + (std::isfinite(sem) && sem > 0.0 ? " +- " + number(sem, 2) : "");
}

std::string counted(std::int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many.empty() ? one + "s" : many);
}

}  // namespace stune::cli
