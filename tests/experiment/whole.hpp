/// \file A value that is a whole number, from a literal.
#pragma once

#include <cstdint>

#include "stune/value.hpp"

namespace stune {

inline Value whole(std::int64_t value) { return value; }

}  // namespace stune
