/// \file Every reader of text that comes from elsewhere, as a function of bytes that must never crash or hang.
#pragma once

#include <span>
#include <string_view>

namespace stune::fuzz {

struct Target {
  const char* name;
  void (*read)(std::string_view text);  ///< Error of any kind is a fine answer
  const char* seed;                     ///< something valid to begin with
};
std::span<const Target> targets();

}  // namespace stune::fuzz
