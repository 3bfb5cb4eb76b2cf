#include "storage/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.hpp"
#include "storage/codec.hpp"
#include "stune/error.hpp"
#include "tests/support/faulty_file.hpp"
#include "tests/support/random_events.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

constexpr auto ignore = [](const Event&) {};

class JournalTest : public testing::Test {
 protected:
  std::vector<Event> replayed() const {
    std::vector<Event> found;
    replay(path, [&](const Event& event) { found.push_back(event); });
    return found;
  }
  std::string refusal() const {
    try {
      replay(path, ignore);
      return "not refused";
    } catch (const StorageError& error) {
      return error.what();
    }
  }
  std::string content() const { return read_file(path).value(); }
  void overwrite(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }

  TemporaryFolder folder;
  std::filesystem::path path = folder / "journal.jsonl";
  std::vector<Event> events = RandomEvents(1).journal(10);
};

bool all_same(const std::vector<Event>& a, const std::vector<Event>& b) {
  return std::ranges::equal(a, b, [](const Event& x, const Event& y) { return same(x, y); });
}

TEST_F(JournalTest, WhatWasAppendedIsReplayed) {
  std::vector<Event> first(events.begin(), events.begin() + 4);
  std::vector<Event> second(events.begin() + 4, events.end());
  Journal journal = Journal::open(path, ignore);

  journal.append(first);
  journal.append(second);

  EXPECT_TRUE(all_same(replayed(), events));
  EXPECT_EQ(journal.last_sequence(), 10U);
  EXPECT_EQ(journal.size(), std::filesystem::file_size(path));
}

TEST_F(JournalTest, ASecondOpenGoesOnWhereTheFirstEnded) {
  std::vector<Event> first(events.begin(), events.begin() + 4);
  std::vector<Event> second(events.begin() + 4, events.end());
  Journal::open(path, ignore).append(first);
  for (Event& event : second) event.sequence = 0;

  Journal::open(path, ignore).append(second);

  EXPECT_TRUE(all_same(replayed(), events));
}

TEST_F(JournalTest, ABatchIsOneWriteAndOneSync) {
  Faults faults;
  Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});

  journal.append(events);

  EXPECT_EQ(faults.appends(), 1);
  EXPECT_EQ(faults.syncs(), 1);
}

TEST_F(JournalTest, NothingIsWrittenForNoEvents) {
  Faults faults;
  Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});
  std::vector<Event> none;

  journal.append(none);

  EXPECT_EQ(faults.operations(), 0);
}

TEST_F(JournalTest, AFileThatIsNotThereHasNoEvents) {
  const Replayed found = replay(path, ignore);

  EXPECT_EQ(found.events, 0U);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(JournalTest, IsPrivateToTheUser) {
  Journal::open(path, ignore).append(events);

  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
}

TEST_F(JournalTest, EveryPrefixThatEndsInALineReplays) {
  Journal::open(path, ignore).append(events);
  const std::string whole = content();
  std::size_t lines = 0;

  for (std::size_t end = 0; end != std::string::npos; end = whole.find('\n', end), ++lines) {
    if (end > 0) ++end;
    overwrite(whole.substr(0, end));
    const std::size_t count = lines < 2 ? 0 : lines - 1;
    EXPECT_TRUE(all_same(replayed(), {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count)})) << lines;
  }
  EXPECT_EQ(lines, events.size() + 2);
}

TEST_F(JournalTest, EveryTruncationOfTheLastLineRecovers) {
  const std::vector<Event> before(events.begin(), events.end() - 1);
  std::vector<Event> again{events.back()};
  Journal::open(path, ignore).append(events);
  const std::string whole = content();
  const std::size_t good = whole.rfind('\n', whole.size() - 2) + 1;

  for (std::size_t end = good; end < whole.size(); ++end) {
    overwrite(whole.substr(0, end));
    EXPECT_TRUE(all_same(replayed(), before));
    EXPECT_EQ(std::filesystem::file_size(path), end) << "a reader never repairs";

    Journal journal = Journal::open(path, ignore);
    EXPECT_EQ(journal.opened().torn_bytes, end - good);
    EXPECT_EQ(std::filesystem::file_size(path), good);
    journal.append(again);
    ASSERT_EQ(content(), whole);
  }
}

TEST_F(JournalTest, ABitFlipInAnyByteBeforeTheEndNamesItsLine) {
  events.resize(4);
  Journal::open(path, ignore).append(events);
  const std::string whole = content();

  std::size_t line = 1;
  for (std::size_t byte = 0; byte < whole.size() - 1; ++byte) {
    std::string flipped = whole;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << byte % 8));
    overwrite(flipped);
    ASSERT_THAT(refusal(), HasSubstr("journal.jsonl:" + std::to_string(line) + ": ")) << byte;
    if (whole[byte] == '\n') ++line;
  }
}

TEST_F(JournalTest, DamageIsNeverRepaired) {
  Journal::open(path, ignore).append(events);
  std::string damaged = content();
  damaged[damaged.size() - 5] ^= 1;
  overwrite(damaged);

  EXPECT_THROW(Journal::open(path, ignore), StorageError);

  EXPECT_EQ(content(), damaged);
}

TEST_F(JournalTest, ALostLineIsDamage) {
  Journal::open(path, ignore).append(events);
  std::string whole = content();
  const std::size_t second = whole.find('\n') + 1;
  const std::size_t third = whole.find('\n', second) + 1;
  const std::size_t fourth = whole.find('\n', third) + 1;
  overwrite(whole.erase(third, fourth - third));

  EXPECT_THAT(refusal(), HasSubstr("journal.jsonl:3: sequence number 3, expected 2"));
}

TEST_F(JournalTest, AnotherFileIsRefused) {
  overwrite("#!/bin/bash\npython train.py\n");

  EXPECT_THAT(refusal(), HasSubstr("journal.jsonl:1: "));
}

TEST_F(JournalTest, ANewerVersionIsRefused) {
  const std::string header = R"({"stune":"journal","version":7)";
  char crc[9];
  std::snprintf(crc, sizeof crc, "%08x", crc32(header));
  overwrite(header + ",\"crc\":\"" + crc + "\"}\nwhatever it holds\n");

  EXPECT_THAT(refusal(), HasSubstr("journal.jsonl:1: written by a newer stune"));
}

TEST_F(JournalTest, AnEventThatTheReaderRefusesNamesItsLine) {
  Journal::open(path, ignore).append(events);

  try {
    replay(path, [](const Event& event) {
      if (event.sequence == 3) throw std::logic_error("trial 9 is unknown");
    });
    FAIL();
  } catch (const StorageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("journal.jsonl:4: trial 9 is unknown"));
  }
}

TEST_F(JournalTest, AnotherWriterIsNoticedBeforeTheNextAppend) {
  std::vector<Event> first(events.begin(), events.begin() + 4);
  std::vector<Event> second(events.begin() + 4, events.end());
  Journal journal = Journal::open(path, ignore);
  journal.append(first);
  std::ofstream(path, std::ios::app) << "x";
  const std::string before = content();

  EXPECT_THROW(journal.append(second), StorageError);

  EXPECT_EQ(content(), before);
}

TEST_F(JournalTest, AGuardThatThrowsKeepsTheJournalAsItIs) {
  bool ours = true;
  Journal journal = Journal::open(path, ignore, {.before_append = [&] {
                                    if (!ours) throw StorageError("taken over");
                                  }});
  std::vector<Event> first(events.begin(), events.begin() + 4);
  std::vector<Event> second(events.begin() + 4, events.end());
  journal.append(first);
  const std::string before = content();
  ours = false;

  EXPECT_THROW(journal.append(second), StorageError);

  EXPECT_EQ(content(), before);
}

TEST_F(JournalTest, LinesLongerThanAnyBufferAreRead) {
  std::vector<Event> long_ones{{1, {}, StopAsked{1, std::string(3'000'000, 'x')}},
                               {2, {}, StopAsked{2, std::string(700'000, '"')}},
                               {3, {}, StopAsked{3, ""}}};
  Journal::open(path, ignore).append(long_ones);

  EXPECT_TRUE(all_same(replayed(), long_ones));
}

}  // namespace
}  // namespace stune
