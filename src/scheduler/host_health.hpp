/// \file Which machines fail again and again: attempts are kept away from them for a while. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune {

class HostHealth {
 public:
  explicit HostHealth(const Experiment& experiment);
  /// An attempt has ended there.
  void learn(const Ending& ending, TimePoint now);
  /// Machines whose last two attempts or more were lost by their own fault (not by preemption), the last within the
  /// hour; at most eight, the latest first. One that is avoided is tried again when its hour is over.
  std::vector<std::string> to_avoid(TimePoint now) const;

 private:
  struct Record {
    int failures = 0;  ///< in a row
    TimePoint last{};
  };
  std::map<std::string, Record> failing_;
};

}  // namespace stune
