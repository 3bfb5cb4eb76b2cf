/// \file Removes a folder with all that is in it, a part at a time.
#pragma once

#include <filesystem>
#include <string>

namespace stune {

struct Removal {
  int removed = 0;        ///< files and folders that are gone now
  bool more = false;      ///< the limit was reached: call again
  std::string failure{};  ///< why the first of those that stayed could not be removed; empty: none stayed
};

/// Removes at most `most` files and folders of the tree `path`, itself last; what is not there is removed. Links are
/// removed and never followed, and another file system mounted below is left alone. What cannot be removed is passed
/// over. Repeats are harmless. Never throws.
Removal remove_some(const std::filesystem::path& path, int most);

}  // namespace stune
