#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "base/file.hpp"
#include "storage/journal.hpp"
#include "stune/error.hpp"
#include "tests/support/faulty_file.hpp"
#include "tests/support/random_events.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

constexpr auto ignore = [](const Event&) {};
constexpr int batch = 3;

std::vector<Event> replayed(const std::filesystem::path& path) {
  std::vector<Event> events;
  replay(path, [&](const Event& event) { events.push_back(event); });
  return events;
}

bool begins_with(const std::vector<Event>& all, const std::vector<Event>& begin) {
  return begin.size() <= all.size() &&
         std::equal(begin.begin(), begin.end(), all.begin(), [](const Event& a, const Event& b) { return same(a, b); });
}

/// Appends `events` from `next` on in batches; `acknowledged` are those whose append returned.
void append_all(Journal& journal, const std::vector<Event>& events, std::size_t& acknowledged) {
  while (acknowledged < events.size()) {
    const std::size_t end = std::min(acknowledged + batch, events.size());
    std::vector<Event> some(events.begin() + static_cast<std::ptrdiff_t>(acknowledged),
                            events.begin() + static_cast<std::ptrdiff_t>(end));
    journal.append(some);
    acknowledged = end;
  }
}

/// A process that dies at `operation`, `bytes` into it; how many events it believed to be safe.
std::size_t live_until(const std::filesystem::path& path, const std::vector<Event>& events, int operation,
                       std::size_t bytes) {
  std::size_t acknowledged = 0;
  Faults faults;
  faults.die_at(operation, bytes);
  try {
    Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});
    acknowledged = journal.last_sequence();
    append_all(journal, events, acknowledged);
  } catch (const Death&) {
  }
  return acknowledged;
}

TEST(JournalCrash, DeathAtEveryOperationAndByteLosesNothingThatWasAcknowledged) {
  const std::vector<Event> events = RandomEvents(3).journal(4 * batch);
  constexpr int operations = 8;

  for (int operation = 1; operation <= operations; ++operation) {
    for (std::size_t bytes = 0; bytes < 2500; bytes += operation % 2 == 1 ? 31 : 2499) {
      const TemporaryFolder folder;
      const std::filesystem::path path = folder / "journal.jsonl";
      const std::size_t acknowledged = live_until(path, events, operation, bytes);
      EXPECT_EQ(acknowledged, static_cast<std::size_t>((operation - 1) / 2 * batch));

      const std::vector<Event> left = replayed(path);
      ASSERT_GE(left.size(), acknowledged);
      ASSERT_TRUE(begins_with(events, left));

      Journal journal = Journal::open(path, ignore);
      std::size_t next = journal.last_sequence();
      append_all(journal, events, next);
      const std::vector<Event> all = replayed(path);
      ASSERT_EQ(all.size(), events.size());
      ASSERT_TRUE(begins_with(events, all));
    }
  }
}

TEST(JournalCrash, DeathDuringTheRecoveryIsRecoveredFrom) {
  const std::vector<Event> events = RandomEvents(4).journal(2 * batch);
  for (const int operation : {1, 2}) {
    for (const std::size_t bytes : {std::size_t{0}, Faults::everything}) {
      const TemporaryFolder folder;
      const std::filesystem::path path = folder / "journal.jsonl";
      live_until(path, events, 3, 50);

      live_until(path, events, operation, bytes);
      live_until(path, events, 100, 0);

      EXPECT_EQ(replayed(path).size(), events.size());
    }
  }
}

class FullDisk : public testing::TestWithParam<int> {};

/// `length` operations in a row fail, beginning with each one of the run.
TEST_P(FullDisk, NothingIsHalfCommittedAndALaterAppendWorks) {
  const std::vector<Event> events = RandomEvents(5).journal(4 * batch);
  for (int operation = 1; operation <= 8; ++operation) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{200}, Faults::everything}) {
      const TemporaryFolder folder;
      const std::filesystem::path path = folder / "journal.jsonl";
      Faults faults;
      faults.fail_at(operation, GetParam(), bytes);
      Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});
      std::size_t acknowledged = 0;

      int failures = 0;
      for (int tries = 0; tries < 40 && acknowledged < events.size(); ++tries) {
        try {
          append_all(journal, events, acknowledged);
        } catch (const StorageError& error) {
          ++failures;
          EXPECT_THAT(error.what(), HasSubstr("disk full"));
          EXPECT_EQ(journal.last_sequence(), acknowledged);
          EXPECT_GE(replayed(path).size(), acknowledged);
        }
      }

      EXPECT_GE(failures, 1);
      EXPECT_TRUE(begins_with(events, replayed(path)));
      EXPECT_EQ(replayed(path).size(), events.size());
      EXPECT_EQ(journal.size(), std::filesystem::file_size(path));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ForAWhile, FullDisk, testing::Values(1, 2, 3, 4, 7));

TEST(JournalCrash, AFailedAppendIsCutOffAtOnce) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "journal.jsonl";
  std::vector<Event> events = RandomEvents(6).journal(batch);
  std::vector<Event> more{{0, {}, StopAsked{1, "why"}}};
  Faults faults;
  Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});
  journal.append(events);
  const std::string before = read_file(path).value();
  faults.fail_at(faults.operations() + 2);  // the sync: all bytes are in the file

  EXPECT_THROW(journal.append(more), StorageError);

  EXPECT_EQ(read_file(path), before);
}

TEST(JournalCrash, AFileThatLostBytesAfterAFailureIsRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "journal.jsonl";
  std::vector<Event> events = RandomEvents(7).journal(batch);
  std::vector<Event> more{{0, {}, StopAsked{1, "why"}}};
  Faults faults;
  Journal journal = Journal::open(path, ignore, {.open_file = faulty_files(faults)});
  journal.append(events);
  faults.fail_at(faults.operations() + 1, 2);
  EXPECT_THROW(journal.append(more), StorageError);
  std::filesystem::resize_file(path, journal.size() - 10);

  EXPECT_THROW(journal.append(more), StorageError);
}

/// A file system of 64 KiB, where this process may mount one.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::geteuid() == 0 && ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=64k") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  bool mounted_;
};

TEST(JournalCrash, ARealFullDiskIsNamedAndSurvived) {
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small file system";
  const std::filesystem::path path = disk.folder() / "journal.jsonl";
  const std::filesystem::path ballast = disk.folder() / "ballast";
  const std::vector<Event> events = RandomEvents(8).journal(100 * batch);
  Journal journal = Journal::open(path, ignore);
  std::ofstream(ballast) << std::string(40'000, 'x');
  std::size_t acknowledged = 0;
  std::string why = "it never was full";

  try {
    append_all(journal, events, acknowledged);
  } catch (const StorageError& error) {
    why = error.what();
  }
  const std::size_t safe = acknowledged;
  const std::size_t left = replayed(path).size();
  std::filesystem::remove(ballast);
  std::vector<Event> one{events[safe]};
  journal.append(one);

  EXPECT_THAT(why, HasSubstr("disk full"));
  EXPECT_THAT(why, HasSubstr("nothing of it was kept"));
  EXPECT_GT(safe, 0U);
  EXPECT_EQ(left, safe);
  EXPECT_TRUE(begins_with(events, replayed(path)));
  EXPECT_EQ(replayed(path).size(), safe + 1);
}

}  // namespace
}  // namespace stune
