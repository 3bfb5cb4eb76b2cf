#include "storage/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "tests/support/random_events.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

Event small_event() { return {1, TimePoint(std::chrono::microseconds(1'700'000'000'000'001)), StopAsked{7, "enough"}}; }

std::string line_of(const Event& event) {
  std::string line;
  encode(event, line);
  line.pop_back();
  return line;
}

/// `content` as a line whose crc is right.
std::string sealed(const std::string& content) {
  char crc[9];
  std::snprintf(crc, sizeof crc, "%08x", crc32(content));
  return content + ",\"crc\":\"" + crc + "\"}";
}

std::string refusal(const std::string& line) {
  try {
    Decoder().event(line);
    return "not refused";
  } catch (const StorageError& error) {
    return error.what();
  }
}

TEST(Codec, EveryEventReadsBackExactly) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const std::vector<Event> events = RandomEvents(seed).journal(20);
    Decoder decoder;

    for (const Event& event : events) {
      const std::string line = line_of(event);
      EXPECT_TRUE(same(event, decoder.event(line))) << "seed " << seed << ": " << line;
    }
  }
}

TEST(Codec, EveryTypeOfEventOccursInTheseTests) {
  std::set<std::size_t> types;

  for (const Event& event : RandomEvents(0).journal(200)) types.insert(event.what.index());

  EXPECT_EQ(types.size(), std::variant_size_v<EventBody>);
}

TEST(Codec, ALineIsOneLineOfUtf8) {
  for (const Event& event : RandomEvents(5).journal(300)) {
    const std::string line = line_of(event);

    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\0'), std::string::npos);
  }
}

TEST(Codec, ALineLooksAsDocumented) {
  EXPECT_EQ(line_of(small_event()), sealed(R"({"seq":1,"at":1700000000000001,"type":"stop","trial":7,"why":"enough")"));
}

TEST(Codec, NumbersKeepTheirTypesInText) {
  Definition definition;
  definition.space = SearchSpace({range("a", 0.0, 1.0)});
  Decoder decoder;
  decoder.event(line_of({1, {}, ExperimentCreated{definition, {}}}));
  const Names names = definition.space.names();
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<Value, std::string>> values{{2.0, "2.0"},
                                                          {std::int64_t{2}, "2"},
                                                          {std::string("2"), "\"2\""},
                                                          {true, "true"},
                                                          {0.1, "0.1"},
                                                          {1e22, "1e+22"},
                                                          {-0.0, "-0.0"},
                                                          {inf, "\"inf\""},
                                                          {-inf, "\"-inf\""},
                                                          {std::string("inf"), R"({"text":"inf"})"}};

  Sequence sequence = 1;
  for (const auto& [value, text] : values) {
    const Event event{++sequence, {}, TrialCreated{0, Parameterization(names, {value}), "GP", 0, false}};
    EXPECT_THAT(line_of(event), HasSubstr("\"parameters\":[" + text + "]"));
    EXPECT_TRUE(same(decoder.event(line_of(event)), event)) << text;
  }
}

TEST(Codec, EverySingleBitFlipIsRefused) {
  const std::string line = line_of(small_event());

  for (std::size_t bit = 0; bit < 8 * line.size(); ++bit) {
    std::string flipped = line;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_NE(refusal(flipped), "not refused") << flipped;
  }
}

TEST(Codec, RefusalsSayWhatIsWrong) {
  EXPECT_THAT(refusal(""), HasSubstr("crc"));
  EXPECT_THAT(refusal("{}"), HasSubstr("crc"));
  EXPECT_THAT(refusal(sealed("{\"seq\":1,")), HasSubstr("no JSON at byte"));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0)")), HasSubstr("no type"));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"dance")")), HasSubstr("unknown type of event \"dance\""));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"stop","trail":7)")), HasSubstr("unknown member \"trail\""));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"stop","trial":"7")")),
              HasSubstr("member \"trial\": expected an integer"));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"stop","trial":4294967296)")), HasSubstr("smaller integer"));
  EXPECT_THAT(refusal(sealed(R"({"seq":2,"at":0,"type":"stop")")), HasSubstr("sequence number 2, expected 1"));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"trial","parameters":[1.0])")), HasSubstr("1 parameters"));
  EXPECT_THAT(refusal(sealed(R"({"seq":1,"at":0,"type":"ended","status":"finished")")),
              HasSubstr("unknown word \"finished\""));
}

TEST(Codec, HeaderOfANewerVersionIsRefusedWithAdvice) {
  const std::string newer = sealed(R"({"stune":"journal","version":2,"since":"later")");

  try {
    Decoder().header(newer);
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("written by a newer stune (journal version 2, this one knows 1)"));
  }
}

TEST(RunOptionsText, ChangesAreTyped) {
  const RunOptions options = changed({}, {{"parallel", "8"},
                                          {"tolerated_failure_rate", "0.25"},
                                          {"poll_start", "1.5"},
                                          {"runner", "local"},
                                          {"sbatch_options", R"(["--mem=4G"])"}});

  RunOptions expected;
  expected.parallel = 8;
  expected.tolerated_failure_rate = 0.25;
  expected.poll_start = Seconds(1.5);
  expected.runner = "local";
  expected.sbatch_options = {"--mem=4G"};
  EXPECT_EQ(options, expected);
}

TEST(RunOptionsText, RefusalsNameFieldAndValidValues) {
  const auto refused = [](const std::string& name, const std::string& text) -> std::string {
    try {
      changed({}, {{name, text}});
      return "not refused";
    } catch (const ConfigError& error) {
      return error.what();
    }
  };

  EXPECT_THAT(refused("paralel", "8"), HasSubstr("unknown option \"paralel\"; valid options: trials, parallel,"));
  EXPECT_EQ(refused("parallel", "0"), "parallel: found \"0\", valid is an integer from 1 to 1e+09");
  EXPECT_EQ(refused("parallel", "8x"), "parallel: found \"8x\", valid is an integer from 1 to 1e+09");
  EXPECT_EQ(refused("tolerated_failure_rate", "nan"),
            "tolerated_failure_rate: found \"nan\", valid is a number from 0 to 1");
  EXPECT_THAT(refused("sbatch_options", "--mem=4G"), HasSubstr("JSON list"));
}

}  // namespace
}  // namespace stune
