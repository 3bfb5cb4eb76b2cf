#include "base/display.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stune {
namespace {

using testing::ElementsAre;

TEST(Display, NothingThatIsPrintableDisturbsATerminal) {
  EXPECT_EQ(printable("\033[31mred\033]0;title\007"), "?[31mred?]0;title?");
  EXPECT_EQ(printable("a\r\n\tb\x7F"), "a???b?");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "?2J")
      << "the one-character form of ESC [";
  EXPECT_EQ(printable("a\u202Eb\u2066c\u2028d"), "a?b?c?d");
  EXPECT_EQ(printable("größe 漢字 λ ✓"), "größe 漢字 λ ✓");
}

TEST(Display, BytesThatAreNoUtf8AreReplacedOneByOne) {
  EXPECT_EQ(printable("\xFF"
                      "a\xC3"),
            "?a?");
  EXPECT_EQ(printable("\xE6\xBC"), "??");
  EXPECT_EQ(printable("\xC0\x9B"), "??") << "a control character, spelled longer than it is";
  EXPECT_EQ(printable("\xE0\x82\x9B"), "???") << "... and longer still";
  EXPECT_EQ(printable("\xED\xA0\x80"), "???") << "half of a pair of UTF-16";
}

TEST(Display, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("größe"), 5U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("🚀"), 2U);
}

TEST(Display, WhatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(shortened("漢字漢字", 6), "漢...");
  EXPECT_EQ(shortened("漢字漢字", 7), "漢字...");
}

TEST(Display, LinesBreakAtBlanksAndInsideOfLongWords) {
  EXPECT_THAT(wrapped("to be or not", 6), ElementsAre("to be", "or not"));
  EXPECT_THAT(wrapped("abcdefgh ij", 4), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(wrapped("漢字漢", 5), ElementsAre("漢字", "漢"));
  EXPECT_THAT(wrapped("", 5), ElementsAre(""));
  EXPECT_THAT(wrapped("abc def", 3), ElementsAre("abc", "def"));
}

}  // namespace
}  // namespace stune
