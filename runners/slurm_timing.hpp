/// \file When Slurm is asked, and how long a doubt lasts. Pure. All times follow from the interval between two looks at
/// the queue, so that tests run the same rules in seconds.
#pragma once

#include <algorithm>

#include "base/clock.hpp"
#include "stune/slurm_runner.hpp"

namespace stune::slurm {

struct Timing {
  explicit Timing(const SlurmOptions& options)
      : look(options.poll_start > Seconds{0} ? options.poll_start : Seconds{60}),
        growth(options.poll_growth),
        look_cap(std::max(options.poll_cap, look)) {}

  Seconds look;
  double growth;
  Seconds look_cap;
  /// After a submission, and before the second look for a job that may or may not exist.
  Seconds first_look{std::min(Seconds{15}, look)};
  /// A job missing for so long and in two good answers has left the queue.
  Seconds vanish{2 * look};
  /// Between two calls of sacct: two minutes at least, but where somebody looks every few seconds, to try things out.
  Seconds accounting{look < Seconds{10} ? 2 * look : std::max(Seconds{120}, 2 * look)};
  /// Accounting that contradicts the queue for so long is not waited for: it has lost a job's end.
  Seconds contradiction{4 * accounting};
  /// A file written by a node is visible here by then.
  Seconds grace{look};
  /// Between two looks into done/.
  Seconds files{std::min(Seconds{2}, look)};
  Seconds files_cap{std::min(Seconds{10}, look_cap)};
  /// Before the same call is tried again after a transient trouble, and after a submit limit.
  Seconds retry{std::min(Seconds{5}, look)};
  Seconds retry_cap{5 * look};
  Seconds limit{look};
  Seconds limit_cap{15 * look};
};

inline constexpr TimePoint never = TimePoint::max();

/// An interval that grows while nothing happens, and where asking is a burden.
class Rhythm {
 public:
  Rhythm(Seconds start, double growth, Seconds cap) : start_(start), growth_(growth), cap_(cap), interval_(start) {}

  TimePoint due() const { return due_; }
  Seconds interval() const { return std::max(interval_, floor_); }
  /// Never below the first interval.
  void set_cap(Seconds cap) { cap_ = std::max(start_, cap); }
  void quiet(TimePoint now) {
    due_ = later(now, interval());
    interval_ = std::min(cap_, interval_ * growth_);
  }
  void news(TimePoint now) {
    interval_ = start_;
    due_ = later(now, interval());
  }
  void failed(TimePoint now) {
    interval_ = std::min(cap_, interval_ * 2);
    due_ = later(now, interval());
  }
  /// The last answer took so long. Who is slow is busy: at most a thirtieth of its time is ours.
  void took(Seconds latency) { floor_ = latency > Seconds{2} ? 30 * latency : Seconds{0}; }
  /// Not after `time`.
  void hasten(TimePoint time) { due_ = std::min(due_, time); }
  void rest() { due_ = never; }

 private:
  Seconds start_;
  double growth_;
  Seconds cap_;
  Seconds interval_;
  Seconds floor_{0};
  TimePoint due_ = never;
};

}  // namespace stune::slurm
