#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "stune/error.hpp"

namespace stune {
namespace {

/// Finalizer of SplitMix64 (Steele, Lea, Flood 2014, with Stafford's constants): a bijection that mixes well.
constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream) {
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;
  return mix(mix(seed + golden) + golden * (stream + 1));
}

std::uint64_t entropy() {
  std::uint64_t value = 0;
  ssize_t got = 0;
  do {
    got = ::getrandom(&value, sizeof value, 0);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof value) {
    throw Error(ExitCode::failure, std::string("cannot read random numbers: ") + std::strerror(errno));
  }
  return value;
}

std::string random_name(int length) {
  static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr unsigned count = sizeof letters - 1;
  std::string name;
  while (name.size() < static_cast<std::size_t>(length)) {
    std::uint64_t bits = entropy();
    for (int byte = 0; byte < 8 && name.size() < static_cast<std::size_t>(length); ++byte, bits >>= 8) {
      const auto value = static_cast<unsigned>(bits & 0xff);
      if (value < 256 / count * count) name += letters[value % count];
    }
  }
  return name;
}

}  // namespace stune
