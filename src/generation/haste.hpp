/// \file What the model may cost while somebody waits for a candidate.
#pragma once

#include <cstdint>

namespace stune {

/// Without, a fit is made when it is due, of all outcomes that a fit is ever made of.
enum class Haste : std::uint8_t {
  none,
  some,  ///< candidates are made as fast as they are wanted, barely: a fit of many outcomes is of a part of them
  great  ///< they are not: a fit that is due is also put off, until a fifth of the outcomes are new
};

}  // namespace stune
