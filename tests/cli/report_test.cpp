#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/background_report.hpp"
#include "cli/card_files.hpp"
#include "cli/sparkline.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReportCosts, AreATwentiethOfTheCoordinatorsAtMost) {
  EXPECT_FALSE(can_afford_report({.cpu_seconds = 1.0}, 0.5));
  EXPECT_TRUE(can_afford_report({.cpu_seconds = 10.0}, 0.5));
  EXPECT_FALSE(can_afford_report({.cpu_seconds = 10.0, .report_seconds = 0.3}, 0.3));
  EXPECT_TRUE(can_afford_report({.cpu_seconds = 12.0, .report_seconds = 0.3}, 0.3));
  EXPECT_FALSE(can_afford_report({.cpu_seconds = 12.0, .report_seconds = 0.3}, 3.0));
}

TEST(ReportCosts, OfManyTrialsAreExpectedToBeHigher) {
  EXPECT_LT(expected_report_seconds(10), expected_report_seconds(300));
  EXPECT_LT(2.0 * expected_report_seconds(300), expected_report_seconds(1000));
  EXPECT_LT(expected_report_seconds(1000), expected_report_seconds(10000));
}

/// An experiment whose coordinators have cost so much already, and a program that takes the place of stune.
class ReportBesideARun : public testing::Test {
 protected:
  Session session(double cpu_seconds) {
    NewExperiment wanted;
    wanted.definition.name = "e";
    wanted.definition.space = SearchSpace({range("x", 0, 1)});
    wanted.definition.optimization.objectives = {{"loss", true}};
    wanted.options.runner = "custom";
    wanted.options.trials = 10;
    Session::begin(folder_ / "e.stune", wanted, {});
    std::ofstream(folder_ / "e.stune/telemetry.json")
        << R"({"host":"elsewhere","pid":1,"coordinators":1,"all_cpu_seconds":)" << cpu_seconds << "}";
    return Session::open(folder_ / "e.stune", {});
  }
  std::filesystem::path program(const std::string& lines) {
    const auto path = folder_ / "program";
    replace_file(path, "#!/bin/sh\n" + lines + "\n", 0700);
    return path;
  }
  std::string called() { return read_file(folder_ / "e.stune/called").value_or(""); }

  TemporaryFolder folder_;
};

TEST_F(ReportBesideARun, IsWrittenByAChildWhoseCostsAreRemembered) {
  {
    Session coordinator = session(100.0);
    BackgroundReport report(coordinator, program("echo \"$@\" >> \"$2/called\"; echo 0.25"));

    report.consider();
    report.finish();
    report.consider();  // too soon after the last look
    report.finish();

    EXPECT_EQ(coordinator.costs().report_seconds, 0.25);
  }
  EXPECT_EQ(called(), "report " + (folder_ / "e.stune").string() + " --in-background 15 2\n");
  EXPECT_EQ(Session::open(folder_ / "e.stune", {}).costs().report_seconds, 0.25);
}

TEST_F(ReportBesideARun, IsNotBegunWhereItCostsTooMuch) {
  Session coordinator = session(0.0);
  BackgroundReport report(coordinator, program("touch \"$2/called\""));

  report.consider();
  report.finish();

  EXPECT_FALSE(std::filesystem::exists(folder_ / "e.stune/called"));
}

TEST_F(ReportBesideARun, ThatFailsCostsItsTimeAndNothingElse) {
  Session coordinator = session(100.0);
  BackgroundReport report(coordinator, program("echo broken >&2; kill -9 $$"));

  report.consider();
  report.finish();

  EXPECT_GT(coordinator.costs().report_seconds, 0.0);
  EXPECT_FALSE(report.write_last());
  EXPECT_FALSE(BackgroundReport(coordinator, folder_ / "no such program").write_last());
  EXPECT_FALSE(BackgroundReport(coordinator, {}).write_last());
}

TEST_F(ReportBesideARun, TheLastOneIsWaitedForWhateverItCosts) {
  Session coordinator = session(0.0);
  BackgroundReport report(coordinator, program("echo \"$3 $4\" > \"$2/called\"; echo 7"));

  EXPECT_TRUE(report.write_last());
  EXPECT_EQ(called(), "--in-background 0\n");
  EXPECT_EQ(coordinator.costs().report_seconds, 7.0);
}

TEST(Sparkline, HasABlockForEachPartOfTheValues) {
  EXPECT_EQ(sparkline({8, 6, 6, 1}, 10), "█▆▆▁");
  EXPECT_EQ(sparkline({0, 0, 1, 1, 2, 2}, 3), "▁▅█");
  EXPECT_EQ(sparkline({1, 1, 1}, 10), "");
  EXPECT_EQ(sparkline({1}, 10), "");
  EXPECT_EQ(sparkline({}, 10), "");
}

TEST(Sparkline, IsPlainTextWhereTheTerminalKnowsNothingElse) {
  EXPECT_EQ(sparkline({8, 6, 6, 1}, 10, Glyphs::ascii), "#**.");
}

TEST(CardFiles, HaveEveryDigitAndNoValueIsEmpty) {
  const TemporaryFolder folder;
  const Card card{"Best trial",
                  "",
                  "",
                  {"a", "b,\"", "c", "d"},
                  {{Value{0.1 + 0.2}, Value{std::string("x\"y,\r\nz")}, Value{true}, Value{std::int64_t{7}}},
                   {Value{std::nan("")}, Value{std::string()}, Value{false}, Value{std::int64_t{0}}}},
                  {}};

  const auto names = write_card_tables({card, {.name = "Without a table"}}, folder / "new/folder");

  EXPECT_THAT(names, ElementsAre("best_trial.csv"));
  EXPECT_EQ(read_file(folder / "new/folder/best_trial.csv"),
            "a,\"b,\"\"\",c,d\r\n0.30000000000000004,\"x\"\"y,\r\nz\",true,7\r\n,,false,0\r\n");
}

}  // namespace
}  // namespace stune::cli
