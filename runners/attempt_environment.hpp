/// \file What of a saved environment belongs to where and when it was saved, and not to its user's settings: the rank,
/// the allocation, the node. An attempt that starts elsewhere, or later, must not see it. Pure.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/children.hpp"

namespace stune {

bool begins_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes);

/// What an MPI launcher sets for its ranks, or is told by.
bool is_launchers(std::string_view name);

/// What an allocation of Slurm's, or a step of it, sets.
bool is_allocations(std::string_view name);

/// What says which node this is, and what of it may be used.
bool is_nodes(std::string_view name);

/// `saved` without all of these; what a user tells every Open MPI program (OMPI_MCA_*) stays, unless a launcher may
/// have said it.
Environment settings_in(const Environment& saved);

/// What an attempt starts with on this machine: the settings in `saved`, with the node and the allocation of this
/// process, whose environment is `own`.
Environment local_environment(const Environment& saved, const Environment& own);

}  // namespace stune
