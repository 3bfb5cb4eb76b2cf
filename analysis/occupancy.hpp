/// \file When attempts waited and ran, as intervals of time. Pure.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::analysis {

enum class Fate : std::uint8_t { running, completed, failed, lost, stopped };
/// "completed", ..., "lost, tried again"
const char* word_for(Fate fate);

/// One attempt, in seconds since the experiment began: queued from `submitted` to `started`, running from there to
/// `ended`. What goes on ends at the last change of the experiment.
struct Stay {
  AttemptId id;
  double submitted = 0.0, started = 0.0, ended = 0.0;  ///< ascending; started = ended where it never started
  bool has_started = false;
  Fate fate = Fate::running;
  std::size_t lane = 0;  ///< stays of one lane do not overlap; as few lanes as possible
};

/// All attempts that were submitted, by time of submission; those that were refused are left out.
std::vector<Stay> stays_of(const Experiment& experiment);

/// When the last of them ended; there is one.
double last_end(const std::vector<Stay>& stays);

/// How many trials were to run at once, in seconds since the experiment began: each holds until the next.
struct Allowance {
  double from = 0.0;
  double count = 0.0;
};
std::vector<Allowance> parallel_of(const Experiment& experiment);
/// Area below them, of which the first begins at 0, from `first` to `last`.
double integral(const std::vector<Allowance>& allowances, double first, double last);

/// How many of the intervals [first, last) of `count` equal parts of [0, end) are open in each part, on average.
std::vector<double> average_open(const std::vector<std::pair<double, double>>& intervals, double end,
                                 std::size_t count);

}  // namespace stune::analysis
