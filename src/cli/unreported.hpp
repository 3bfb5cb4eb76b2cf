/// \file A run in which no trial reports what is to be tuned: most often a metric's name is misspelt.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "experiment/experiment.hpp"

namespace stune::cli {

/// The last attempt of the last trial that failed; nothing if none did.
std::optional<AttemptId> last_failure(const Experiment& experiment);

/// Where trials have run to their end and none has ever reported the objective: that, what the last one reported, and
/// the end of its output. Else empty. Reads the files of that trial.
std::string unreported_text(const std::filesystem::path& folder, const Experiment& experiment);

}  // namespace stune::cli
