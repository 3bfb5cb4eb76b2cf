/// \file When Slurm is asked, and how long a doubt lasts. Pure. All times follow from the interval between two looks at
/// the queue. Who looks every few seconds tries things out, as tests do: then the same rules run in seconds.
#pragma once

#include <algorithm>

#include "base/clock.hpp"
#include "stune/slurm_runner.hpp"

namespace stune::slurm {

/// Nobody asks a real queue so often.
inline bool is_trial_run(Seconds look) { return look < Seconds{10}; }

struct Timing {
  explicit Timing(const SlurmOptions& options)
      : look(options.poll_start > Seconds{0} ? options.poll_start : Seconds{60}),
        growth(options.poll_growth),
        look_cap(std::max(options.poll_cap, look)) {}

  Seconds look;
  double growth;
  Seconds look_cap;
  /// After a submission, where the last look was longer ago than one interval.
  Seconds first_look{std::min(Seconds{15}, look)};
  /// A job missing for so long and in two good answers has left the queue.
  Seconds vanish{at_least(Seconds{120}, 2 * look)};
  /// Between two calls of sacct, and while they fail.
  Seconds accounting{at_least(Seconds{120}, 2 * look)};
  Seconds accounting_cap{8 * accounting};
  /// A question that waited for so long, and failing accounting cannot answer, is answered with what is known.
  Seconds accounting_patience{10 * accounting};
  /// Accounting that contradicts the queue for so long is not waited for: it has lost a job's end.
  Seconds contradiction{4 * accounting};
  /// The same where the queue shows no job at all, which a broken answer does, too.
  Seconds empty_contradiction{360 * accounting};
  /// A file written by a node is visible here by then.
  Seconds grace{at_least(Seconds{60}, look)};
  /// Between two looks into done/.
  Seconds files{std::min(Seconds{2}, look)};
  Seconds files_cap{std::min(Seconds{10}, look_cap)};
  /// Before the same call is tried again after a transient trouble, and after a submit limit.
  Seconds retry{std::min(Seconds{5}, look)};
  Seconds retry_cap{5 * look};
  Seconds limit{look};
  Seconds limit_cap{15 * look};
  /// A scancel that fails for so long is not tried again for jobs that will never start.
  Seconds cancel_patience{at_least(Seconds{600}, 10 * look)};
  /// A refusal of what was taken before is believed by then.
  Seconds disbelief{360 * look};

  Seconds accounting_wait(int failures) const {
    Seconds wait = accounting;
    for (int i = 0; i < failures && wait < accounting_cap; ++i) wait *= 2;
    return wait;
  }

 private:
  Seconds at_least(Seconds floor, Seconds span) const { return is_trial_run(look) ? span : std::max(floor, span); }
};

inline constexpr TimePoint never = TimePoint::max();

/// When to look: after an interval that grows while nothing happens, and where asking is a burden. Whatever makes a
/// look desirable, it is never sooner than the first interval after the last one.
class Rhythm {
 public:
  Rhythm(Seconds start, double growth, Seconds cap) : start_(start), growth_(growth), cap_(cap), interval_(start) {}

  TimePoint due() const { return due_; }
  Seconds interval() const { return std::max(interval_, std::min(floor_, cap_)); }
  /// A look begins, or an earlier process began one.
  void begin(TimePoint now) { earliest_ = later(now, start_); }
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
  /// An answer took so long. Who is slow is busy: at most a thirtieth of its time is ours.
  void took(Seconds latency) { floor_ = latency > Seconds{2} ? 30 * latency : Seconds{0}; }
  /// Something was set in motion: as after news, but what is due sooner stays so.
  void expect(TimePoint now) {
    interval_ = start_;
    hasten(later(now, interval()));
  }
  /// At `time`, or as soon after it as may be; sooner if it was due sooner.
  void hasten(TimePoint time) { due_ = std::min(due_, std::max(time, earliest_)); }
  void rest() { due_ = never; }

 private:
  Seconds start_;
  double growth_;
  Seconds cap_;
  Seconds interval_;
  Seconds floor_{0};
  TimePoint due_ = never;
  TimePoint earliest_ = TimePoint::min();
};

}  // namespace stune::slurm
