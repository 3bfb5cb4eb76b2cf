/// \file Everything that is known of one trial, in the order in which it happened, each with where it is known from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune::cli {

struct Fact {
  TimePoint at{};
  std::string source;  ///< "journal", "claim", "exit record": the last two by the clock of the trial's machine
  std::string text;    ///< one line or several
};

/// From the journal and from the files that the trial's attempts left. Changes nothing.
std::vector<Fact> story_of(const std::filesystem::path& folder, const Experiment& experiment, int trial);

/// For people.
std::string tell(const std::filesystem::path& folder, const Experiment& experiment, int trial);

}  // namespace stune::cli
