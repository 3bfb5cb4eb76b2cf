/// \file The one way to make something happen: check it, journal it, let everybody know.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "experiment/experiment.hpp"
#include "generation/candidate_source.hpp"
#include "storage/journal.hpp"

namespace stune {

/// References outlive the ledger.
class Ledger {
 public:
  Ledger(Experiment& experiment, Journal& journal, Clock& clock)
      : experiment_(experiment), journal_(journal), clock_(clock) {}

  /// Commits all or nothing, with one fsync; then the experiment has changed and its followers have been fed. Throws
  /// StorageError where the journal cannot be written; the ledger is then closed for good, since the experiment in
  /// memory may be ahead of the journal: open the folder again.
  void commit(std::vector<EventBody> bodies);
  /// `source` is fed with every later commit, until forget(). It outlives that time.
  void follow(CandidateSource& source) { followers_.push_back(&source); }
  void forget(CandidateSource& source) { std::erase(followers_, &source); }

 private:
  Experiment& experiment_;
  Journal& journal_;
  Clock& clock_;
  std::vector<CandidateSource*> followers_;
  bool closed_ = false;
};

}  // namespace stune
