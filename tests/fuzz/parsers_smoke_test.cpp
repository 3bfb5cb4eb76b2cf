// Every parser meets a few thousand broken texts, the same ones each time. Who wants more: fuzz.sh.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "stune/error.hpp"
#include "tests/fuzz/targets.hpp"

namespace stune::fuzz {
namespace {

constexpr int texts = 3000;

std::string broken(std::string text, std::mt19937& random) {
  constexpr std::string_view likely("\0\xff\n|,:;=\"'\\{}[]()-+.0129eE#%_ nan", 34);
  const auto up_to = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); };
  for (std::size_t change = 0; change <= up_to(6); ++change) {
    const std::size_t place = up_to(text.size());
    switch (up_to(4)) {
      case 0:
        text.insert(place, 1, likely[up_to(likely.size() - 1)]);
        break;
      case 1:
        text.erase(place, up_to(4));
        break;
      case 2:
        text.insert(place, text.substr(up_to(text.size()), up_to(20)));
        break;
      case 3:
        if (place < text.size()) text[place] = static_cast<char>(up_to(255));
        break;
      default:
        text.insert(place, std::string(up_to(40), '9'));
    }
  }
  return text;
}

TEST(Parsers, BrokenTextsAreAnsweredOrRefusedAndNothingElse) {
  for (const Target& target : targets()) {
    std::mt19937 random(7);
    for (int i = 0; i < texts; ++i) {
      const std::string text = i == 0 ? target.seed : broken(target.seed, random);
      try {
        target.read(text);
      } catch (const Error&) {
        continue;
      } catch (const std::exception& error) {
        ADD_FAILURE() << target.name << ": " << error.what() << "\n" << text;
        break;
      }
    }
  }
}

}  // namespace
}  // namespace stune::fuzz
