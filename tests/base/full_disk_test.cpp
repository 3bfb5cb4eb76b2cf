#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A file system of 64 KiB; needs the right to mount.
class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    mounted_ = ::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=65536") == 0;
    if (!mounted_) GTEST_SKIP() << "mounting a tmpfs is not allowed here";
  }
  void TearDown() override {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }

  void fill() {
    std::ofstream file(folder_ / "ballast");
    file << std::string(65536, 'x') << std::flush;
  }

  template <typename Call>
  std::string storage_error(Call call) {
    try {
      call();
    } catch (const StorageError& e) {
      return e.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST_F(FullDisk, AppendSaysSoAndCanBeTakenBack) {
  const auto file = open_append_file(folder_ / "journal");
  file->append("good\n");

  const std::string error = storage_error([&] { file->append(std::string(100000, 'x')); });
  file->truncate(5);
  file->append("more\n");

  EXPECT_THAT(error, AllOf(HasSubstr("journal"), HasSubstr("disk full")));
  EXPECT_EQ(read_file(folder_ / "journal"), "good\nmore\n");
}

TEST_F(FullDisk, ReplacingKeepsTheOldFileAndLeavesNoOther) {
  replace_file(folder_ / "file", "old");
  fill();

  const std::string error = storage_error([&] { replace_file(folder_ / "file", "new"); });

  EXPECT_THAT(error, AllOf(HasSubstr("/file"), HasSubstr("disk full")));
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_NE(entry.path().filename().string().substr(0, 4), ".tmp");
  }
}

TEST_F(FullDisk, NothingIsClaimedButWhatIsClaimedIsSeen) {
  ASSERT_TRUE(create_exclusively(folder_ / "claimed", "x"));
  fill();

  EXPECT_FALSE(create_exclusively(folder_ / "claimed", "y"));
  EXPECT_THAT(storage_error([&] { create_exclusively(folder_ / "new", "y"); }), HasSubstr("disk full"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
}

}  // namespace
}  // namespace stune
