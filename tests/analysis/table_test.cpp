// Cards on a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/display.hpp"
#include "stune/card.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

const auto fits = [](std::size_t width) {
  return Each(ResultOf([](const std::string& line) { return display_width(line); }, Le(width)));
};

TEST(CardAsText, NothingInItDisturbsATerminal) {
  const std::string nasty =
      "a\033[2J\rb\tc\nd\xC2\x9B"
      "1m\x07";
  const Card card{"Card", nasty, nasty, {nasty}, {{Value{nasty}}}, {}};

  const std::string text = to_text(card, 80);

  EXPECT_EQ(text, "a?[2J?b c d?1m?\na?[2J?b c d?1m?\na?[2J?b c d?1m?\na?[2J?b c d?1m?\n");
}

TEST(CardAsText, ColumnsOfWideCharactersStandOneBelowTheOther) {
  const Card card{"Card",
                  "title",
                  "text",
                  {"name", "n"},
                  {{Value{std::string("漢字漢字")}, Value{1.0}}, {Value{std::string("größe")}, Value{2.0}}},
                  {}};

  EXPECT_THAT(to_text(card, 80),
              AllOf(HasSubstr("\nname      n\n"), HasSubstr("\n漢字漢字  1\n"), HasSubstr("\ngröße     2\n")));
}

TEST(CardAsText, LongTextsAreBrokenIntoLinesAndLoseNothing) {
  std::string advice;
  for (int i = 0; i < 30; ++i) advice += "word" + std::to_string(i) + " ";
  const Card card{"Card", "title", "text", {"check", "advice"}, {{Value{std::string("noise")}, Value{advice}}}, {}};

  const std::string text = to_text(card, 60);

  EXPECT_THAT(lines_of(text), fits(60));
  for (int i = 0; i < 30; ++i) EXPECT_THAT(text, HasSubstr("word" + std::to_string(i)));
}

TEST(CardAsText, ColumnsThatHaveNoRoomAreLeftOutAndCounted) {
  Card card{"Card", "title", "text", {}, {}, {}};
  card.rows.resize(9);
  for (int i = 0; i < 30; ++i) {
    card.columns.push_back("parameter" + std::to_string(i));
    for (auto& row : card.rows) row.emplace_back(i + 0.5);
  }

  const std::string text = to_text(card, 100), all = to_text(card);

  EXPECT_THAT(lines_of(text), fits(100));
  EXPECT_THAT(text,
              AllOf(HasSubstr("parameter0 "), Not(HasSubstr("parameter29")), HasSubstr("(without 22 more columns)")));
  EXPECT_THAT(all, AllOf(HasSubstr("parameter29"), Not(HasSubstr("without"))));
}

TEST(CardAsText, FewRowsWithManyColumnsStandUpright) {
  Card card{"Card", "title", "text", {}, {{}}, {}};
  for (int i = 0; i < 30; ++i) {
    card.columns.push_back("parameter" + std::to_string(i));
    card.rows[0].emplace_back(i + 0.5);
  }

  const std::string text = to_text(card, 100);

  EXPECT_THAT(lines_of(text), fits(100));
  EXPECT_THAT(text, AllOf(HasSubstr("\nparameter0   0.5\n"), HasSubstr("\nparameter29  29.5\n")));
}

}  // namespace
}  // namespace stune
