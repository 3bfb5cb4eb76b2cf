#include "trial/records.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(MetricArguments, TakeSeveralValuesAStepAndAStandardError) {
  EXPECT_THAT(parse_metric_arguments({"accuracy=0.93", "val/loss=+1e-3", "--step", "5"}),
              ElementsAre(Observation{"accuracy", 5, 0.93, nan}, Observation{"val/loss", 5, 1e-3, nan}));
  EXPECT_THAT(parse_metric_arguments({"--sem=0.5", "a = -2 "}), ElementsAre(Observation{"a", final_step, -2, 0.5}));
}

TEST(MetricArguments, TakeWhatIsNoFiniteNumber) {
  EXPECT_TRUE(std::isnan(parse_metric_arguments({"a=nan"})[0].mean));
  EXPECT_EQ(parse_metric_arguments({"a=-inf"})[0].mean, -std::numeric_limits<double>::infinity());
}

struct BadArguments {
  std::vector<std::string> arguments;
  std::string message;
};

TEST(MetricArguments, ThatAreWrongAreNamed) {
  const std::vector<BadArguments> cases = {{{}, "no value"},
                                           {{"accuracy"}, "'accuracy'"},
                                           {{"=1"}, "'=1'"},
                                           {{"a="}, "'a='"},
                                           {{"a=0,93"}, "0,93"},
                                           {{"a=12%"}, "12%"},
                                           {{"a=1e999"}, "1e999"},
                                           {{"a=1", "--step", "-1"}, "-1"},
                                           {{"a=1", "--step", "x"}, "x"},
                                           {{"a=1", "--step"}, "--step needs a value"},
                                           {{"a=1", "--sem", "-0.5"}, "never negative"},
                                           {{"a=1", "b=2", "--sem", "1"}, "one metric"},
                                           {{"a=1", "--sme", "1"}, "--sme"}};
  for (const auto& [arguments, message] : cases) {
    try {
      parse_metric_arguments(arguments);
      ADD_FAILURE() << message;
    } catch (const UsageError& e) {
      EXPECT_THAT(e.what(), HasSubstr(message));
    }
  }
}

struct Records : testing::Test {
  TemporaryFolder folder;
  AttemptFolder attempt{folder.path()};
};

std::vector<Observation> without_times(std::vector<Observation> observations) {
  for (Observation& observation : observations) observation.at.reset();
  return observations;
}

TEST_F(Records, TellWhenAStepWasTold) {
  write_record(attempt, 0, {{"a", 1, 0.5, nan}, {"a", final_step, 0.25, nan}});
  const auto file = std::filesystem::directory_iterator(attempt.records())->path();
  std::filesystem::rename(file, attempt.records() / "01764000000123456789.0.made.json");

  const auto found = read_records(attempt, 0);

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at, TimePoint(std::chrono::microseconds(1'764'000'000'123'456)));
  EXPECT_EQ(found[1].at, std::nullopt) << "a final value is of the trial's end";
}

TEST_F(Records, OfOneStepTheLastCountsAndOtherStartsDoNot) {
  write_record(attempt, 0, {{"a", 1, 0.25, nan}, {"b", final_step, nan, nan}});
  write_record(attempt, 0, {{"a", 1, 0.5, 0.125}});
  write_record(attempt, 1, {{"a", 1, 0.75, nan}});

  EXPECT_THAT(without_times(read_records(attempt, 0)),
              ElementsAre(Observation{"a", 1, 0.5, 0.125}, Observation{"b", final_step, nan, nan}));
  EXPECT_THAT(without_times(read_records(attempt, 1)), ElementsAre(Observation{"a", 1, 0.75, nan}));
}

TEST_F(Records, AreGoneOnceRemoved) {
  write_record(attempt, 0, {{"a", 1, 0.25, nan}});

  remove_records(attempt, 0);

  EXPECT_TRUE(read_records(attempt, 0).empty());
  EXPECT_FALSE(std::filesystem::exists(attempt.records()));
}

TEST_F(Records, ThatAreDamagedAreLeftOut) {
  write_record(attempt, 0, {{"a", 1, 0.25, nan}});
  std::ofstream(attempt.records() / "00000000000000000000.0.x.json") << "{\"observations\": [";
  std::ofstream(attempt.records() / "note.txt") << "?";

  EXPECT_EQ(read_records(attempt, 0).size(), 1U);
}

TEST_F(Records, OutsideATrialAreShownAndNotRecorded) {
  testing::internal::CaptureStdout();

  report_metrics({"a=1", "--sem", "0.5", "--step", "3"}, {{"STUNE_ATTEMPT_DIR", folder.path().string()}});

  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a = 1 +- 0.5 at step 3\n");
  EXPECT_FALSE(std::filesystem::exists(AttemptFolder(folder.path()).records()));
  EXPECT_THROW(report_metrics({"a=x"}, {}), UsageError);
}

TEST_F(Records, NeedWhatATrialFinds) {
  EXPECT_THROW(report_metrics({"a=1"}, {{"STUNE_RESTART", "0"}}), UsageError);
  EXPECT_THROW(report_metrics({"a=1"}, {{"STUNE_ATTEMPT_DIR", folder.path().string()}, {"STUNE_RESTART", "x"}}),
               UsageError);
  EXPECT_NO_THROW(report_metrics({"a=1"}, {{"STUNE_ATTEMPT_DIR", folder.path().string()}, {"STUNE_RESTART", "0"}}));
}

}  // namespace
}  // namespace stune
