#include "base/text.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace stune {
namespace {

TEST(Text, NumbersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_number("1e-5"), 1e-5);
  EXPECT_EQ(parse_number("+2.5"), 2.5);
  EXPECT_EQ(parse_number(".5"), 0.5);
  EXPECT_EQ(parse_integer("-12"), -12);
  for (const char* text : {"", " 1", "1 ", "1x", "+-1", "++1", "0x10", "1,5", "1e999", "-"}) {
    EXPECT_FALSE(parse_number(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_integer("1.0").has_value());
  EXPECT_FALSE(parse_integer("9223372036854775808").has_value());
}

TEST(Text, NumbersAreWrittenInTheirShortestForm) {
  EXPECT_EQ(format_number(0.1), "0.1");
  EXPECT_EQ(format_number(3.0), "3");
  EXPECT_EQ(format_number(1e-5), "1e-05");
  EXPECT_EQ(format_number(1.0 / 3.0), "0.3333333333333333");
}

TEST(Text, NumbersDoNotFollowTheLocale) {
  const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");

  EXPECT_EQ(format_number(0.5), "0.5") << (german ? german : "C");
  EXPECT_EQ(parse_number("0.5"), 0.5);
  std::setlocale(LC_ALL, "C");
}

TEST(Text, QuotesShowWhatCannotBeSeen) {
  EXPECT_EQ(in_quotes("a\"b\\c\n\t\x01"), R"("a\"b\\c\n\t\x01")");
  EXPECT_EQ(in_quotes(""), "\"\"");
}

TEST(Text, TrimsBothEnds) {
  EXPECT_EQ(trimmed("  a b\t\n"), "a b");
  EXPECT_EQ(trimmed(" \t "), "");
}

TEST(Text, ASlipIsRecognized) {
  const std::vector<std::string> known = {"float", "log", "int", "choice", "default"};

  EXPECT_EQ(did_you_mean("flaot", known), "; did you mean \"float\"?");
  EXPECT_EQ(did_you_mean("defualt", known), "; did you mean \"default\"?");
  EXPECT_EQ(did_you_mean("Int", known), "; did you mean \"int\"?");
  EXPECT_EQ(did_you_mean("integer", known), "");
  EXPECT_EQ(did_you_mean("banana", known), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
  EXPECT_EQ(did_you_mean("", known), "");
}

}  // namespace
}  // namespace stune
