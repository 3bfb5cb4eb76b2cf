#include "cli/node_program.hpp"

#include <array>

#include "stune/error.hpp"

namespace stune::cli {

std::filesystem::path find_node_program() {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::array places{here / "../libexec/stune/stune-node", here / "../trial/stune-node", here / "stune-node"};
  for (const auto& place : places) {
    std::error_code error;
    if (std::filesystem::is_regular_file(place, error)) return std::filesystem::canonical(place);
  }
  throw ConfigError("the program stune-node, which runs on compute nodes, is not where it belongs: " +
                    places[0].lexically_normal().string() + "; install stune again");
}

}  // namespace stune::cli
