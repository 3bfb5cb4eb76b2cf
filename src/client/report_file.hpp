/// \file An experiment's report as a file, the same from the command line and from stune::Client.
#pragma once

#include <filesystem>
#include <vector>

#include "experiment/experiment.hpp"
#include "stune/card.hpp"

namespace stune {

/// Its name inside an experiment's folder.
constexpr const char* report_name = "report.html";

/// Replaces `file` atomically by a page of these cards, as of `at`. Throws StorageError.
void write_report(const Experiment& experiment, const std::vector<Card>& cards, TimePoint at,
                  const std::filesystem::path& file);

}  // namespace stune
