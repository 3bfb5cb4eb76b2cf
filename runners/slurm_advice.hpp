/// \file What a person can do about a job that waits. Pure.
#pragma once

#include <string>

namespace stune::slurm {

/// Pending for these reasons is what jobs do.
bool is_usual(const std::string& reason);

/// What to do about squeue's reason; empty for reasons that are not known here.
std::string advice(const std::string& reason);

}  // namespace stune::slurm
