#include "client/find_node_program.hpp"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "stune/error.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 3;  // folders from a prefix down to what holds this code, as in PREFIX/lib/x86_64-linux-gnu

/// The file that this code was loaded from: libstune, or a program that holds it. What dladdr(3) says of a program is
/// only how it was called.
fs::path own_file() {
  const auto here = reinterpret_cast<std::uintptr_t>(&find_node_program);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    fields >> std::hex >> begin >> dash >> end;
    const auto path = line.find('/');
    if (begin <= here && here < end && path != std::string::npos) return line.substr(path);
  }
  return {};
}

}  // namespace

fs::path find_node_program() {
  const fs::path own = own_file();
  fs::path above = own.parent_path();
  for (int level = 0; level < deepest; ++level, above = above.parent_path()) {
    for (const char* place : {STUNE_NODE_INSTALLED, STUNE_NODE_BUILT}) {
      std::error_code error;
      if (fs::is_regular_file(above / place, error)) return fs::canonical(above / place);
    }
  }
  throw ConfigError(std::string("the program stune-node, which runs trials on their nodes, is not where it belongs: ") +
                    STUNE_NODE_INSTALLED + " in the folder that " + own.string() +
                    " was installed below; install stune again, or from C++ name it in ExperimentConfig::node_program");
}

}  // namespace stune
