/// \file The owner's side of requests/: what commands have dropped there is applied, journaled and taken away.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"

namespace stune {

/// One readdir of the experiment's `folder`, and one `commit` for each request, before its file is removed. `say` gets
/// what could not be read or was refused, for people. Throws what `commit` throws.
void serve_requests(const std::filesystem::path& folder, const Experiment& experiment,
                    const std::function<void(std::vector<EventBody>)>& commit,
                    const std::function<void(const std::string&)>& say);

}  // namespace stune
