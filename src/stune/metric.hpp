/// \file How results are read once a trial has ended, or while it runs.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "stune/observation.hpp"
#include "stune/trial.hpp"

namespace stune {

struct Workplace;

/// Not there yet, for a reason that may pass; asked again for a while, then the trial fails with it.
struct NotYet {
  std::string why;
};
/// It will never be readable; the trial fails with this reason.
struct Unusable {
  std::string why;
};
using Fetched = std::variant<std::vector<Observation>, NotYet, Unusable>;

/// Not thread-safe: called by the coordinator's thread. fetch() should take milliseconds.
class Metric {
 public:
  virtual ~Metric() = default;
  /// Once, before the first fetch.
  virtual void open(const Workplace&) {}
  /// The name that objective and constraints use.
  virtual std::string name() const = 0;
  /// `metadata` is what the runner last reported of the attempt. A throw is Unusable with the exception's message.
  virtual Fetched fetch(int trial_index, const Metadata& metadata) = 0;
};

}  // namespace stune
