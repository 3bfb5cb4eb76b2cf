/// \file Where the program is that runs on compute nodes.
#pragma once

#include <filesystem>

namespace stune::cli {

/// ../libexec/stune/stune-node beside the running program, or its place in the build tree.
/// Throws ConfigError naming where it was looked for.
std::filesystem::path find_node_program();

}  // namespace stune::cli
