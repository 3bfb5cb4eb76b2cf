#include "base/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

template <typename Call>
std::string storage_error(Call call) {
  try {
    call();
  } catch (const StorageError& e) {
    return e.what();
  }
  return "no error";
}

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0);
  return found.st_mode & 07777;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(Crc32, IsThatOfZlib) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("6789", crc32("12345")), crc32("123456789"));
}

TEST(AppendFile, KeepsWhatIsThereAndIsPrivate) {
  const TemporaryFolder folder;
  open_append_file(folder / "journal")->append("one\n");

  const auto file = open_append_file(folder / "journal");
  file->append("two\n");
  file->sync();

  EXPECT_EQ(read_file(folder / "journal"), "one\ntwo\n");
  EXPECT_EQ(file->size(), 8U);
  EXPECT_EQ(mode_of(folder / "journal"), 0600U);
}

TEST(AppendFile, AppendsAfterWhatWasCutOff) {
  const TemporaryFolder folder;
  const auto file = open_append_file(folder / "journal");
  file->append("one\ntorn");

  file->truncate(4);
  file->append("two\n");

  EXPECT_EQ(read_file(folder / "journal"), "one\ntwo\n");
}

TEST(AppendFile, SizeIsWhatTheFileSystemSays) {
  const TemporaryFolder folder;
  const auto file = open_append_file(folder / "journal");
  file->append("mine");

  std::ofstream(folder / "journal", std::ios::app) << "theirs";

  EXPECT_EQ(file->size(), 10U);
}

TEST(AppendFile, NoticesThatAnotherFileHasTakenItsPlace) {
  const TemporaryFolder folder;
  const auto file = open_append_file(folder / "journal");

  replace_file(folder / "journal", "theirs");

  EXPECT_THAT(storage_error([&] { file->size(); }), AllOf(HasSubstr("journal"), HasSubstr("taken its place")));
}

TEST(AppendFile, NoticesThatItIsGone) {
  const TemporaryFolder folder;
  const auto file = open_append_file(folder / "journal");

  fs::remove(folder / "journal");

  EXPECT_THAT(storage_error([&] { file->size(); }), HasSubstr("No such file"));
}

TEST(AppendFile, NamesTheFileThatCannotBeOpened) {
  const TemporaryFolder folder;

  const std::string error = storage_error([&] { open_append_file(folder / "missing/journal"); });

  EXPECT_THAT(error, AllOf(HasSubstr("missing/journal"), HasSubstr("No such file or directory")));
}

TEST(ReadFile, NoFileIsNothingAndAFolderIsAnError) {
  const TemporaryFolder folder;

  EXPECT_EQ(read_file(folder / "missing"), std::nullopt);
  EXPECT_EQ(read_file(folder / "missing/below"), std::nullopt);
  EXPECT_THAT(storage_error([&] { read_file(folder.path()); }), HasSubstr("Is a directory"));
}

TEST(ReadFile, ReadsAnySizeAndWhatSaysItIsEmpty) {
  const TemporaryFolder folder;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4095}, std::size_t{4096},
                                 std::size_t{4097}, std::size_t{3000000}}) {
    const std::string content(size, 'x');
    replace_file(folder / "file", content);
    EXPECT_EQ(read_file(folder / "file"), content);
  }
  EXPECT_THAT(read_file("/proc/self/status").value_or(""), HasSubstr("Pid:"));
}

TEST(LastLines, TakesWholeLinesFromTheEnd) {
  const TemporaryFolder folder;
  replace_file(folder / "log", "one\ntwo\nthree\n");
  replace_file(folder / "torn", "one\ntwo");
  replace_file(folder / "empty", "");

  EXPECT_EQ(last_lines(folder / "log", 2), "two\nthree\n");
  EXPECT_EQ(last_lines(folder / "log", 9), "one\ntwo\nthree\n");
  EXPECT_EQ(last_lines(folder / "torn", 1), "two");
  EXPECT_EQ(last_lines(folder / "log", 5, 7), "\nthree\n");  // no more than the bytes asked for
  EXPECT_EQ(last_lines(folder / "empty", 3), "");
  EXPECT_EQ(last_lines(folder / "missing", 3), "");
  EXPECT_EQ(last_lines(folder.path(), 3), "");
  EXPECT_EQ(last_lines(folder / "log", 0), "");
}

TEST(ReplaceFile, LeavesNothingButTheNewContent) {
  const TemporaryFolder folder;
  replace_file(folder / "file", "old");

  replace_file(folder / "file", "new", 0640);

  EXPECT_EQ(read_file(folder / "file"), "new");
  EXPECT_EQ(mode_of(folder / "file") & ~0640U, 0U);
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("file"));
}

TEST(ReplaceFile, AReaderSeesTheOldOrTheNewContent) {
  const TemporaryFolder folder;
  const std::string a(100000, 'a');
  const std::string b(100000, 'b');
  replace_file(folder / "file", a);
  std::atomic<bool> done{false};

  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) replace_file(folder / "file", i % 2 ? a : b);
    done = true;
  });
  int torn = 0;
  while (!done) {
    const auto content = read_file(folder / "file");
    if (content != a && content != b) ++torn;
  }
  writer.join();

  EXPECT_EQ(torn, 0);
}

TEST(WriteFile, ReplacesTheContentAndLeavesNothingElseBehind) {
  const TemporaryFolder folder;
  replace_file(folder / "file", "a longer old text");

  write_file(folder / "file", "new");

  EXPECT_EQ(read_file(folder / "file"), "new");
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("file"));
  EXPECT_THROW(write_file(folder / "missing/file", ""), StorageError);
}

TEST(ReplaceFile, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;

  EXPECT_THAT(storage_error([&] { replace_file(folder / "missing/file", ""); }),
              HasSubstr("missing/file: No such file"));
  fs::create_directory(folder / "taken");
  EXPECT_THAT(storage_error([&] { replace_file(folder / "taken", ""); }), HasSubstr("cannot replace"));
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("taken"));
}

TEST(CreateExclusively, TheSecondIsToldAndChangesNothing) {
  const TemporaryFolder folder;

  EXPECT_TRUE(create_exclusively(folder / "claim", "first"));
  EXPECT_FALSE(create_exclusively(folder / "claim", "second"));

  EXPECT_EQ(read_file(folder / "claim"), "first");
  EXPECT_EQ(mode_of(folder / "claim"), 0600U);
  EXPECT_THAT(names_in(folder.path()), testing::ElementsAre("claim"));
}

TEST(CreateExclusively, ADanglingLinkExists) {
  const TemporaryFolder folder;
  fs::create_symlink("nowhere", folder / "claim");

  EXPECT_FALSE(create_exclusively(folder / "claim", "x"));
}

TEST(CreateExclusively, OneOfManyThreadsWinsAndItsContentStays) {
  const TemporaryFolder folder;
  constexpr int threads = 8;
  for (int round = 0; round < 40; ++round) {
    const fs::path claim = folder / ("claim" + std::to_string(round));
    std::atomic<int> ready{0};
    std::atomic<int> winners{0};
    std::atomic<int> winner{-1};

    std::vector<std::thread> crowd;
    for (int i = 0; i < threads; ++i) {
      crowd.emplace_back([&, i] {
        for (++ready; ready < threads;) std::this_thread::yield();
        if (create_exclusively(claim, std::to_string(i))) {
          ++winners;
          winner = i;
        }
      });
    }
    for (std::thread& thread : crowd) thread.join();

    ASSERT_EQ(winners, 1);
    ASSERT_EQ(read_file(claim), std::to_string(winner));
  }
}

TEST(CreateExclusively, OneOfManyProcessesWins) {
  const TemporaryFolder folder;
  constexpr int processes = 6;
  for (int round = 0; round < 20; ++round) {
    const fs::path claim = folder / ("claim" + std::to_string(round));
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> crowd;
    for (int i = 0; i < processes; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::close(gate[1]);
        char byte = 0;
        (void)!::read(gate[0], &byte, 1);  // ends for all when the parent closes its side
        ::_exit(create_exclusively(claim, std::to_string(i)) ? 1 : 0);
      }
      crowd.push_back(pid);
    }
    ::close(gate[0]);
    ::close(gate[1]);

    int winners = 0;
    for (const pid_t pid : crowd) {
      int status = 0;
      ASSERT_EQ(::waitpid(pid, &status, 0), pid);
      ASSERT_TRUE(WIFEXITED(status));
      winners += WEXITSTATUS(status);
    }

    ASSERT_EQ(winners, 1);
  }
}

TEST(CreateFolders, ArePrivateAndMayExist) {
  const TemporaryFolder folder;

  create_folders(folder / "a/b/../b/c/");
  create_folders(folder / "a/b/c");

  EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
  EXPECT_EQ(mode_of(folder / "a"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b/c"), 0700U);
}

TEST(CreateFolders, AFileInTheWayIsNamed) {
  const TemporaryFolder folder;
  replace_file(folder / "file", "");

  EXPECT_THAT(storage_error([&] { create_folders(folder / "file/below"); }),
              AllOf(HasSubstr("/file"), HasSubstr("a file of that name exists")));
}

}  // namespace
}  // namespace stune
