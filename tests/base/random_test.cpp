#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace stune {
namespace {

/// The generator as published: a counter and a mixer.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

TEST(Random, StreamsAreTheOutputsOfAGeneratorThatTheSeedSeeds) {
  ASSERT_EQ(SplitMix64(0)(), 0xe220a8397b1dcdafU);  // published

  for (const std::uint64_t seed : {0UL, 1UL, 123456789UL, ~0UL}) {
    SplitMix64 streams{SplitMix64(seed)()};
    for (std::uint64_t stream = 0; stream < 100; ++stream) ASSERT_EQ(stream_seed(seed, stream), streams());
  }
}

TEST(Random, StreamsNeverChange) {
  EXPECT_EQ(stream_seed(0, 0), 0xa706dd2f4d197e6fU);  // journals count on it
}

TEST(Random, StreamsOfNearbyNumbersDiffer) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    for (std::uint64_t stream = 0; stream < 100; ++stream) seen.insert(stream_seed(seed, stream));
  }

  EXPECT_EQ(seen.size(), 10000U);
}

TEST(Random, EveryBitOfAStreamIsFair) {
  constexpr int count = 4096;
  for (int bit = 0; bit < 64; ++bit) {
    int ones = 0;
    for (std::uint64_t stream = 0; stream < count; ++stream)
      ones += static_cast<int>(stream_seed(7, stream) >> bit & 1U);
    EXPECT_NEAR(ones, count / 2, 6 * 32) << "bit " << bit;  // six standard deviations
  }
}

TEST(Random, NamesAreLettersAndDigitsAndNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = random_name(16);
    ASSERT_EQ(name.size(), 16U);
    ASSERT_TRUE(std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }));
    seen.insert(name);
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(random_name(0), "");
}

}  // namespace
}  // namespace stune
