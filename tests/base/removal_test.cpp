#include "base/removal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

namespace fs = std::filesystem;

constexpr int plenty = 1000;

void write(const fs::path& file) { std::ofstream(file) << "text"; }

/// A folder with files and folders in it: nine entries, itself included.
fs::path make_tree(const fs::path& root) {
  fs::create_directories(root / "a" / "b");
  fs::create_directories(root / "empty");
  for (const char* file : {"one", "a/two", "a/b/three", "a/b/four", ".hidden"}) write(root / file);
  return root;
}

TEST(Removal, TakesTheWholeTree) {
  const TemporaryFolder folder;
  const fs::path tree = make_tree(folder / "tree");

  const Removal removal = remove_some(tree, plenty);

  EXPECT_FALSE(fs::exists(tree));
  EXPECT_EQ(removal.removed, 9);
  EXPECT_FALSE(removal.more);
  EXPECT_EQ(removal.failure, "");
}

TEST(Removal, StopsAtTheLimitAndGoesOnWhereItWas) {
  const TemporaryFolder folder;
  const fs::path tree = make_tree(folder / "tree");
  int removed = 0;
  int calls = 1;

  Removal removal = remove_some(tree, 2);
  for (; removal.more; ++calls) {
    EXPECT_EQ(removal.removed, 2);
    removed += removal.removed;
    removal = remove_some(tree, 2);
  }

  EXPECT_EQ(removed + removal.removed, 9);
  EXPECT_EQ(calls, 5);
  EXPECT_FALSE(fs::exists(tree));
}

TEST(Removal, LinksGoAndWhatTheyPointAtStays) {
  const TemporaryFolder folder;
  const fs::path outside = make_tree(folder / "outside");
  const fs::path tree = make_tree(folder / "tree");
  fs::create_directory_symlink(outside, tree / "a" / "link");
  fs::create_symlink(outside / "one", tree / "a" / "file");
  fs::create_symlink("nowhere", tree / "dangling");
  fs::create_directory_symlink("..", tree / "up");

  const Removal removal = remove_some(tree, plenty);

  EXPECT_FALSE(fs::exists(tree));
  EXPECT_EQ(removal.removed, 9 + 4);
  EXPECT_EQ(remove_some(outside, plenty).removed, 9);
}

TEST(Removal, ALinkInTheTreesOwnPlaceIsRemovedAlone) {
  const TemporaryFolder folder;
  const fs::path outside = make_tree(folder / "outside");
  fs::create_directory_symlink(outside, folder / "tree");

  EXPECT_EQ(remove_some(folder / "tree", plenty).removed, 1);

  EXPECT_FALSE(fs::exists(fs::symlink_status(folder / "tree")));
  EXPECT_EQ(remove_some(outside, plenty).removed, 9);
}

TEST(Removal, WhatIsNotThereIsRemoved) {
  const TemporaryFolder folder;

  const Removal removal = remove_some(folder / "nothing", plenty);

  EXPECT_EQ(removal.removed, 0);
  EXPECT_FALSE(removal.more);
  EXPECT_EQ(removal.failure, "");
}

TEST(Removal, WhatCannotBeRemovedIsToldAndPassedOver) {
  const TemporaryFolder folder;
  const fs::path tree = make_tree(folder / "tree");
  fs::path deep = tree / "deep";
  for (int level = 0; level < 250; ++level) deep /= "d";
  fs::create_directories(deep);

  const Removal removal = remove_some(tree, plenty);

  EXPECT_EQ(removal.removed, 8);
  EXPECT_FALSE(removal.more);
  EXPECT_THAT(removal.failure, testing::AllOf(testing::HasSubstr("cannot remove " + (tree / "deep").string()),
                                              testing::HasSubstr("too deep")));
  EXPECT_TRUE(fs::exists(deep));
}

}  // namespace
}  // namespace stune
