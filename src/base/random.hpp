/// \file Random numbers that are the same everywhere: streams named by numbers, and unguessable names.
#pragma once

#include <cstdint>
#include <string>

namespace stune {

/// A well-mixed 64-bit seed for stream `stream` of `seed` (SplitMix64). Same numbers on every platform.
std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream);

/// From the operating system: different at every call, in every process.
std::uint64_t entropy();

/// `length` characters of [a-z0-9] from entropy(): for tokens and nonces.
std::string random_name(int length);

}  // namespace stune
