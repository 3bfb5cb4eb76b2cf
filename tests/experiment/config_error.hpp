/// \file What a user would read.
#pragma once

#include <string>

#include "stune/error.hpp"

namespace stune {

/// The message of the ConfigError that `call` throws.
template <typename Call>
std::string config_error(Call call) {
  try {
    call();
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace stune
