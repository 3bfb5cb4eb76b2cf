/// \file From a source to what it says about one trial.
#pragma once

#include <string>

#include "h5/reader.hpp"
#include "metrics/schema.hpp"
#include "stune/hdf5_metric.hpp"

namespace stune::metrics {

/// What is wrong with it, for people; empty: nothing.
std::string fault_of(const Hdf5Source& source);

/// What the file says, or why it cannot be read. `path` is `source`'s file for this trial.
std::variant<std::vector<Observation>, h5::Failure> read(h5::Reader& reader, const std::filesystem::path& path,
                                                         const std::string& metric, const Hdf5Source& source);

}  // namespace stune::metrics
