/// \file Where the program is that runs trials on their nodes.
#pragma once

#include <filesystem>

namespace stune {

/// stune-node as it was installed with this library or program, wherever that has been moved to, or its place in the
/// build tree. Throws ConfigError naming where it belongs.
std::filesystem::path find_node_program();

}  // namespace stune
