/// \file Candidates prepared by a thread while trials run.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/wakeup.hpp"
#include "generation/candidate_source.hpp"
#include "generation/generation_strategy.hpp"

namespace stune {

/// The thread works on numbers only and shares nothing but the queue. It keeps as many candidates ready as were last
/// asked for, so that one is there at once when waiting for a fresh one does not pay. Where dozens of trials run, one
/// fit makes several candidates.
class QueueSource : public CandidateSource {
 public:
  /// Goes on from what `strategy` has been fed.
  explicit QueueSource(GenerationStrategy strategy = {});
  /// Waits for the fit that is going on.
  ~QueueSource() override;
  void feed(std::span<const Event> committed) override;
  Candidates take(int count, Sequence seen_at_least) override;
  int wake_fd() const override { return ready_.fd(); }

 private:
  void work();
  bool has_work() const;
  int missing() const;  ///< candidates in the stock; not positive: none
  void forget_plans();
  bool exhausted() const { return exhausted_by_ == evidence_; }

  Wakeup ready_;
  std::mutex mutex_;
  std::condition_variable wake_worker_;
  // Guarded by mutex_.
  std::vector<Event> inbox_;
  std::deque<Candidate> stock_;
  std::deque<Parameterization> taken_;  ///< handed out, not yet trials
  /// Outdated ones that were handed out while the worker made what replaces them.
  std::vector<Parameterization> unforeseen_;
  Sequence evidence_ = 0;  ///< the last that was fed
  std::size_t wanted_ = 1;
  std::optional<Sequence> exhausted_by_;  ///< the evidence by which no further point is left
  bool quit_ = false;
  /// Outdated candidates are taken since waiting does not pay: the stock is filled before any is made anew. Until all
  /// were once made anew in peace.
  bool hurried_ = false;
  bool replacing_ = false;   ///< the worker makes what replaces all that are ready
  std::uint64_t epoch_ = 0;  ///< counts whatever makes a candidate under way useless
  std::string notice_;
  // The worker's own.
  GenerationStrategy strategy_;
  std::thread worker_;  // last: starts when the rest is there
};

}  // namespace stune
