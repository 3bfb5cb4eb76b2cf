#include "experiment/keep.hpp"

#include "stune/error.hpp"

namespace stune {

Keep parse_keep(const std::string& text) {
  if (text == "all") return Keep::all;
  if (text == "failed") return Keep::failed;
  if (text == "best") return Keep::best;
  throw ConfigError("found \"" + text + "\"; valid are \"all\", \"failed\" and \"best\"");
}

}  // namespace stune
