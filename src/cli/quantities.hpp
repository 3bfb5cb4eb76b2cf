/// \file Numbers and times as people write them in options, and as they like to read them. Pure.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "stune/trial.hpp"

namespace stune::cli {

/// All of these throw ConfigError: what was found, and what is valid. They know nothing of the option's name.

/// A whole number in [least, most].
std::int64_t parse_whole(const std::string& text, std::int64_t least = 0,
                         std::int64_t most = std::numeric_limits<std::int64_t>::max());
/// Any finite number.
double parse_real(const std::string& text);
/// 90, 90s, 1.5m, 2h, 1d, MM:SS, HH:MM:SS, D-HH:MM:SS. Without a unit it is seconds. Never negative.
Seconds parse_duration(const std::string& text);

struct PollPlan {
  Seconds start{0};
  double growth = 1.5;
  Seconds cap{0};  ///< 0: not given
};
/// "START[,GROWTH[,CAP]]", as in 60,1.5,300.
PollPlan parse_poll(const std::string& text);

/// About five digits, no trailing zeros: 0.93124, -3.1567, 1.2e-05, 1234567.
std::string number(double value, int digits = 5);
/// "0.931 +- 0.002", or without what is not known.
std::string with_error(double mean, double sem);
/// 2 trials, 1 trial.
std::string counted(std::int64_t count, const std::string& one, const std::string& many = {});

}  // namespace stune::cli
