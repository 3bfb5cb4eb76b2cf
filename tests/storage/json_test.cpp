#include "storage/json_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "storage/json_writer.hpp"

namespace stune {
namespace {

std::string written(const std::string& text) {
  std::string out;
  json::Writer(out).text(text);
  return out;
}

std::string read_back(const std::string& json) {
  json::Tape tape;
  tape.parse(json);
  return std::string(json::Cursor(tape).text());
}

TEST(Text, EveryPairOfBytesReadsBack) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      ASSERT_EQ(read_back(written(text)), text) << a << ' ' << b;
    }
  }
}

TEST(Text, ValidCharactersAreKept) {
  for (const std::string text : {"é", "日本語", "😀", "\xee\xbd\xbf" /*U+EF7F*/, "\xef\x80\x80" /*U+F000*/}) {
    EXPECT_EQ(written(text), "\"" + text + "\"");
  }
}

TEST(Text, WhatIsNoUtf8BecomesPrivateCharacters) {
  EXPECT_EQ(written("a\xff"), "\"a\xee\xbf\xbf\"");                                // U+EFFF
  EXPECT_EQ(written("\xee\xbf\xbf"), "\"\xee\xbf\xae\xee\xbe\xbf\xee\xbe\xbf\"");  // U+EFEE U+EFBF U+EFBF
  EXPECT_EQ(read_back(written("\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80")), "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80");
}

TEST(Text, EscapesOfOtherWritersAreUnderstood) { EXPECT_EQ(read_back(R"("\u00e9\n\/\ud83d\ude00")"), "é\n/😀"); }

TEST(Cursor, SaysWhatItFoundInstead) {
  json::Tape tape;
  tape.parse(R"({"a":{"b":[1,true]}})");
  json::Cursor in(tape);

  try {
    in.object([&](std::string_view) { in.number(); });
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_STREQ(error.what(), "member \"a\": expected a number, found an object");
  }
}

TEST(Cursor, SkipsValuesOfAnyDepth) {
  json::Tape tape;
  tape.parse(R"({"a":{"b":[1,{"c":null}]},"d":[],"e":7})");
  json::Cursor in(tape);
  int found = 0;

  in.object([&](std::string_view name) { name == "e" ? void(found = in.small()) : in.skip(); });

  EXPECT_EQ(found, 7);
}

TEST(Tape, NoDocumentIsNoMoreThanItSays) {
  json::Tape tape;

  for (const char* text : {"", "{", "{\"a\"", "[1,]", "{} {}", "nul", "\"a", "01", "1e", "\"\\ud800\"", "\"\n\"", "-",
                           "1.", ".5", "+1", "1e999"}) {
    EXPECT_THROW(tape.parse(text), StorageError) << text;
  }
}

/// Documents that were broken at random places are refused and accepted as by an independent parser.
TEST(Tape, AgreesWithAnotherParser) {
  const std::string seeds[] = {R"({"a":[1,-2.5e-3,"x\"\u00e9\n",{"b":null,"c":true}],"d":{}})",
                               R"([0,-0,1E5,"\ud83d\ude00",[]])",
                               R"( {"seq":18446744073709551615 , "at":-9223372036854775808} )"};
  const std::string letters = "{}[]\",:0123456789.eE+-\\utrfalsn \n";
  std::mt19937 generator(1);
  int accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text = seeds[round % 3];
    for (int i = round % 4; i > 0; --i) text[generator() % text.size()] = letters[generator() % letters.size()];
    json::Tape tape;
    bool ours = true;

    try {
      tape.parse(text);
    } catch (const StorageError&) {
      ours = false;
    }

    ASSERT_EQ(ours, nlohmann::json::accept(text)) << text;
    accepted += ours ? 1 : 0;
  }
  EXPECT_GT(accepted, 7'500);
}

}  // namespace
}  // namespace stune
