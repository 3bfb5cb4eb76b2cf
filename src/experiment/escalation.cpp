#include "experiment/escalation.hpp"

#include <charconv>
#include <string_view>
#include <vector>

#include "stune/error.hpp"

namespace stune {
namespace {

constexpr double largest_factor = 100.0;
constexpr int most_times = 20;

template <typename Number>
bool read(std::string_view text, Number least, Number most, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= least && number <= most;
}

}  // namespace

Escalation parse_escalation(const std::string& text) {
  if (text == "fail") return {};
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    parts.push_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  Escalation escalation{2, 2.0};
  const bool valid = parts.size() <= 3 && parts[0] == "retry" &&
                     (parts.size() < 2 || (read(parts[1], 1.0, largest_factor, escalation.factor))) &&
                     (parts.size() < 3 || read(parts[2], 1, most_times, escalation.times));
  if (valid) return escalation;
  throw ConfigError("found \"" + text +
                    "\"; valid are \"fail\" and \"retry[,FACTOR[,TIMES]]\", as in retry,1.5,3 (FACTOR from 1 to 100, "
                    "TIMES from 1 to 20)");
}

}  // namespace stune
