/// \file Which trials' folders stay when their trials are over. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace stune {

enum class Keep : std::uint8_t {
  all,
  failed,  ///< those of trials that failed, for whoever wants to know why
  best     ///< that of the best trial so far
};

/// "all" | "failed" | "best". Throws ConfigError: what was found, and what is valid.
Keep parse_keep(const std::string& text);

}  // namespace stune
