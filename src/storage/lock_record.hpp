/// \file What the file `lock` holds. For storage/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/lock.hpp"

namespace stune::storage {

/// The counter stands first and has a fixed width, so that it can be rewritten in place with one small write.
inline constexpr std::string_view counter_begin = "{\"counter\":\"";
std::string counter_text(std::uint64_t counter);

std::string encoded(const LockHolder& holder);
/// Nothing if it cannot be read.
std::optional<LockHolder> decoded(const std::string& text);
/// This process, with a new nonce.
LockHolder ourselves();

}  // namespace stune::storage
