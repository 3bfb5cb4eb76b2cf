#include "cli/words.hpp"

#include <gtest/gtest.h>

#include "stune/error.hpp"

namespace stune::cli {
namespace {

using Words = std::vector<std::string>;

struct Case {
  const char* text;
  Words words;
};

TEST(Words, AreSplitAsAShellSplitsThem) {
  const std::vector<Case> cases = {
      {"", {}},
      {"  --a   b\t-c ", {"--a", "b", "-c"}},
      {"--param \"lr = log(1e-5, 1e-1)\"", {"--param", "lr = log(1e-5, 1e-1)"}},
      {"--sbatch='--comment \"x y\"'", {"--sbatch=--comment \"x y\""}},
      {"a\\ b c\\\"d", {"a b", "c\"d"}},
      {"\"a\\\"b\" \"a\\nb\" 'a\\b'", {"a\"b", "a\\nb", "a\\b"}},
      {"'' \"\"", {"", ""}},
      {"--trials 5 # only a few", {"--trials", "5"}},
      {"a#b \"#c\" \\#d", {"a#b", "#c", "#d"}},
      {"'$(rm -rf x)' \"`id`\" ;", {"$(rm -rf x)", "`id`", ";"}},
      {"a'b'\"c\"d", {"abcd"}},
  };
  for (const Case& one : cases) EXPECT_EQ(split_words(one.text), one.words) << one.text;
}

TEST(Words, UnclosedQuoteIsRefused) {
  EXPECT_THROW(split_words("--name \"abc"), ConfigError);
  EXPECT_THROW(split_words("it's"), ConfigError);
  EXPECT_THROW(split_words("a\\"), ConfigError);
}

TEST(Words, QuotedLineSplitsIntoTheSameWords) {
  const Words words = {"python", "train.py", "--name=a b", "it's", "", "$(rm -rf x)", "a;b", "#", "\\", "\"", "-1e-05"};

  EXPECT_EQ(split_words(command_line(words)), words);
}

TEST(Words, PlainWordsStayUnquoted) { EXPECT_EQ(command_line({"a", "--lr=0.1", "x/y.py"}), "a --lr=0.1 x/y.py"); }

}  // namespace
}  // namespace stune::cli
