#include "cli/sparkline.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "analysis/subject.hpp"
#include "cli/quantities.hpp"

namespace stune::cli {

namespace {

constexpr std::size_t widest = 48;
constexpr std::array blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array darker_and_darker{".", ":", "-", "=", "+", "*", "%", "#"};

}  // namespace

Glyphs glyphs_of_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || !*value) continue;
    std::string locale = value;
    std::ranges::transform(locale, locale.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    const bool is_utf8 = locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    return is_utf8 ? Glyphs::blocks : Glyphs::ascii;
  }
  return Glyphs::ascii;
}

std::string sparkline(const std::vector<double>& values, std::size_t width, Glyphs glyphs) {
  if (values.empty()) return {};
  const auto& levels = glyphs == Glyphs::blocks ? blocks : darker_and_darker;
  const auto [low, high] = std::ranges::minmax(values);
  if (!(high > low)) return {};
  const std::size_t count = std::min(width, values.size());
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    const double value = values[i * values.size() / count - 1];
    const double height = (value - low) / (high - low) * static_cast<double>(levels.size() - 1);
    text += levels[static_cast<std::size_t>(std::lround(height))];
  }
  return text;
}

std::string trace_picture(const Experiment& experiment, Glyphs glyphs) {
  const std::vector<double> best = analysis::best_so_far(experiment, measured_trials(experiment));
  const std::string picture = sparkline(best, widest, glyphs);
  return picture.empty() ? picture : picture + "  " + number(best.front(), 4) + " to " + number(best.back(), 4);
}

std::string trace_text(const Experiment& experiment) {
  return isatty(STDOUT_FILENO) == 1 ? trace_picture(experiment) : std::string();
}

}  // namespace stune::cli
