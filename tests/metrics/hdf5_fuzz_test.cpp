// Damaged files: always an answer, never a crash.
#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "base/file.hpp"
#include "h5/reader.hpp"
#include "tests/metrics/hdf5_writer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

const std::vector<std::string> objects = {"accuracy", "curve", "val/half", "val@best", "text", "missing"};

struct DamagedFile : testing::TestWithParam<bool> {
  void SetUp() override {
    in_another_process([&] {
      const Hdf5Writer out(path, GetParam());
      out.scalar("accuracy", 0.75);
      out.growing_row("curve", std::vector<double>(35, 0.5));
      out.group("val");
      out.scalar("val/half", 0.5);
      out.attribute("val", "best", 0.25);
      out.text("text");
    });
    content = read_file(path).value_or("");
    ASSERT_GT(content.size(), 1000U);
    ASSERT_TRUE(holds_value(look(content)));
  }
  h5::Answer look(const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return reader.read(path, objects);
  }
  static bool holds_value(const h5::Answer& answer) {
    return !answer.failure && std::holds_alternative<h5::Numbers>(answer.objects.at(0));
  }
  /// Either the file fails with a reason, or each object has its answer.
  static bool is_complete(const h5::Answer& answer) {
    return answer.failure ? !answer.failure->detail.empty() : answer.objects.size() == objects.size();
  }

  TemporaryFolder folder;
  std::filesystem::path path = folder / "damaged.h5";
  std::string content;
  h5::Reader reader;
};

TEST_P(DamagedFile, CutAnywhereIsNamed) {
  for (std::size_t size = 0; size < content.size(); size += 64) {
    const h5::Answer answer = look(content.substr(0, size));

    EXPECT_TRUE(is_complete(answer)) << size;
    EXPECT_TRUE(answer.failure.has_value()) << "cut at " << size;
  }
}

TEST_P(DamagedFile, WithFlippedBytesAlwaysGetsAnAnswer) {
  std::mt19937 random(1);
  for (std::size_t at = random() % 7; at < content.size(); at += 1 + random() % 7) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U + random() % 255U));

    EXPECT_TRUE(is_complete(look(damaged))) << "flipped at " << at;
  }
  EXPECT_TRUE(holds_value(look(content)));
}

INSTANTIATE_TEST_SUITE_P(All, DamagedFile, testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "Latest" : "Default"; });

}  // namespace
}  // namespace stune
