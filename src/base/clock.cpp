#include "base/clock.hpp"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace stune {
namespace {

using std::chrono::microseconds;

/// Reads exactly `count` digits at the front of `text` and takes them off.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

/// ".25" is 250000; digits beyond the sixth are dropped.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return microseconds(0);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 6; ++i) value = 10 * value + (i < digits ? text[i] - '0' : 0);
  text.remove_prefix(digits);
  return microseconds(value);
}

}  // namespace

TimePoint SystemClock::now() { return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now()); }

void SystemClock::wait(std::span<const int> descriptors, TimePoint deadline) {
  // The kernel counts the time from here on with its monotonic clock; the limit keeps a step of the wall clock
  // harmless.
  constexpr microseconds longest = std::chrono::minutes(1);
  const TimePoint start = now();
  const microseconds duration = deadline > start ? std::min(deadline - start, longest) : microseconds(0);
  std::vector<pollfd> watched;
  watched.reserve(descriptors.size());
  for (const int fd : descriptors) {
    if (fd >= 0) watched.push_back({fd, POLLIN, 0});
  }
  timespec timeout{};
  timeout.tv_sec = duration.count() / 1000000;
  timeout.tv_nsec = duration.count() % 1000000 * 1000;
  ::ppoll(watched.data(), watched.size(), &timeout, nullptr);
}

std::string to_iso(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                             static_cast<int>(clock.seconds().count()));
  std::string result(text, static_cast<std::size_t>(length));
  if (clock.subseconds().count() != 0) {
    length = std::snprintf(text, sizeof text, ".%06d", static_cast<int>(clock.subseconds().count()));
    result.append(text, static_cast<std::size_t>(length));
  }
  return result + 'Z';
}

std::optional<TimePoint> parse_iso(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, 'T')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction || text != "Z") return std::nullopt;

  const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + *fraction;
}

std::string to_words(Seconds duration) {
  if (std::isnan(duration.count())) return "unknown";
  if (duration.count() > 1e12) return "forever";
  const double seconds = std::max(duration.count(), 0.0);
  char text[64];
  if (seconds > 0.0 && seconds < 0.995) {
    std::snprintf(text, sizeof text, "%.2g s", seconds);
    return text;
  }
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const auto two = [&text](std::int64_t major, const char* unit, std::int64_t minor, const char* minor_unit) {
    const int length = std::snprintf(text, sizeof text, "%lld %s", static_cast<long long>(major), unit);
    const auto used = static_cast<std::size_t>(length);
    if (minor != 0) {
      std::snprintf(text + used, sizeof text - used, " %lld %s", static_cast<long long>(minor), minor_unit);
    }
    return std::string(text);
  };
  if (whole < 60) return two(whole, "s", 0, "");
  if (whole < 3600) return two(whole / 60, "min", whole % 60, "s");
  if (whole < 86400) return two(whole / 3600, "h", whole % 3600 / 60, "min");
  return two(whole / 86400, "d", whole % 86400 / 3600, "h");
}

}  // namespace stune
