// Commands that look at results: what they print for programs, beside a run, on a journal that a crash has cut, and
// where nothing can be written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace stune::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::string eight_trials =
    "#STUNE --param 'x = float(0, 1)' --param 'c = choice(a, b)' --minimize loss --trials 8 --runner local --seed 1\n";

class Looking : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shell = new Shell;
    shell->write("train.sh", parabola(eight_trials));
    shell->stune({"run", "train.sh", "--quiet"});
  }
  static void TearDownTestSuite() { delete shell; }

  static const json& card(const json& document, const std::string& name) {
    for (const json& one : document["cards"]) {
      if (one["name"] == name) return one;
    }
    throw std::runtime_error("no card " + name);
  }
  static json cell(const json& card, std::size_t row, const std::string& column) {
    const auto found = std::find(card["columns"].begin(), card["columns"].end(), column);
    return card["rows"][row][static_cast<std::size_t>(found - card["columns"].begin())];
  }

  static inline Shell* shell = nullptr;
};

TEST_F(Looking, ReportIsOneJsonObjectForPrograms) {
  const json document = json::parse(shell->stune({"report", "train", "--json"}).output);

  EXPECT_EQ(document["name"], "train");
  EXPECT_EQ(document["objective"], (json{{"metric", "loss"}, {"minimize", true}}));
  EXPECT_EQ(document["trials"]["completed"], 8);
  const json& trials = card(document, "Summary");
  EXPECT_EQ(trials["rows"].size(), 8U);
  EXPECT_THAT(trials["columns"], AllOf(Contains("trial"), Contains("loss"), Contains("x"), Contains("c")));
  EXPECT_FALSE(card(document, "Slices")["figures"][0]["traces"][0]["x"].empty());
}

TEST_F(Looking, BestPredictAndReportAgreeOnWhatTheModelExpects) {
  const json best = json::parse(shell->stune({"best", "--json"}).output);
  const std::string x = best["parameters"]["x"].dump(), c = best["parameters"]["c"];
  const json predicted = json::parse(shell->stune({"predict", "x=" + x, "c=" + c, "--json"}).output);
  const json document = json::parse(shell->stune({"report", "--json"}).output);
  const json& card_of_best = card(document, "Best trial");

  for (const char* key : {"mean", "sem", "low", "high"}) EXPECT_EQ(best["predicted"][key], predicted[key]) << key;
  EXPECT_EQ(predicted["trial"], best["trial"]);
  const std::size_t row = card_of_best["rows"].size() > 1 && cell(card_of_best, 1, "trial") == best["trial"] ? 1 : 0;
  EXPECT_NEAR(cell(card_of_best, row, "predicted").get<double>(), predicted["mean"].get<double>(), 1e-12);
  EXPECT_NEAR(cell(card_of_best, row, "95 % from").get<double>(), predicted["low"].get<double>(), 1e-12);
  EXPECT_NEAR(cell(card_of_best, row, "95 % to").get<double>(), predicted["high"].get<double>(), 1e-12);
  EXPECT_THAT(shell->stune({"best"}).output, HasSubstr("The model expects "));
}

TEST_F(Looking, ThePageGoesWhereItIsWanted) {
  const auto before = read_file(shell->path("train.stune/report.html"));

  const Outcome outcome = shell->stune({"report", "train.stune", "--open-later", "elsewhere.html"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.output, HasSubstr("With figures, for a browser: elsewhere.html"));
  EXPECT_THAT(read_file(shell->path("elsewhere.html")).value_or(""), testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(read_file(shell->path("train.stune/report.html")), before);
}

TEST_F(Looking, TablesBecomeCsvFiles) {
  const Outcome outcome = shell->stune({"report", "train", "--csv", "tables"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("tables/summary.csv\n"), HasSubstr("tables/best_trial.csv\n")));
  const std::string summary = read_file(shell->path("tables/summary.csv")).value_or("");
  EXPECT_THAT(summary, testing::StartsWith("trial,status,generator,loss,"));
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 9);
  EXPECT_EQ(shell->stune({"report", "--csv", "tables", "--json"}).code, 2);
}

TEST_F(Looking, TablesArePrintedWhereThePageCannotBeWritten) {
  const Outcome outcome = shell->stune({"report", "train.stune", "--open-later", "no such folder/page.html"});

  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("Best loss\n"), HasSubstr("All trials\n"), Not(HasSubstr("for a browser"))));
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("no such folder/page.html"), HasSubstr("--open-later FILE")));
}

TEST_F(Looking, ATraceIsDrawnInWhatTheLocaleCanShow) {
  ASSERT_EQ(setenv("LC_ALL", "C.UTF-8", 1), 0);
  const std::string blocks = shell->stune({"report"}).output;
  ASSERT_EQ(setenv("LC_ALL", "C", 1), 0);
  const std::string ascii = shell->stune({"report"}).output;
  unsetenv("LC_ALL");

  EXPECT_THAT(blocks, HasSubstr("█"));
  EXPECT_THAT(ascii, AllOf(Not(HasSubstr("█")), HasSubstr("#")));
}

/// Every command that looks, as it is called on an experiment with trials.
const std::vector<std::vector<std::string>> all_that_look{{"status"},
                                                          {"trials"},
                                                          {"trials", "--csv"},
                                                          {"best"},
                                                          {"report"},
                                                          {"report", "--json"},
                                                          {"report", "--csv", "tables"},
                                                          {"export", "all.csv"},
                                                          {"export", "all.h5"},
                                                          {"predict", "x=0.3", "c=a"},
                                                          {"explain", "e", "0"}};

TEST_F(Looking, ATornJournalIsLookedAtAndNotRepaired) {
  const Shell torn;
  std::filesystem::copy(shell->path("train.stune"), torn.path("e.stune"), std::filesystem::copy_options::recursive);
  std::ofstream(torn.path("e.stune/journal.jsonl"), std::ios::app) << R"({"seq":99,"at":17)";
  const auto size = std::filesystem::file_size(torn.path("e.stune/journal.jsonl"));

  for (const auto& arguments : all_that_look) {
    const Outcome outcome = torn.stune(arguments);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(arguments) << outcome.error;
    EXPECT_FALSE(outcome.output.empty()) << testing::PrintToString(arguments);
  }

  EXPECT_EQ(std::filesystem::file_size(torn.path("e.stune/journal.jsonl")), size);
}

TEST(LookingBesideARun, HarmsNeitherTheRunNorTheAnswer) {
  const Shell shell;
  shell.write(
      "e.sh",
      "#!/bin/sh\n#STUNE --param 'x = float(0, 1)' --param 'c = choice(a, b)' --minimize loss --trials 5\n"
      "#STUNE --runner local --seed 1\n[ $STUNE_TRIAL -ge 3 ] && exec sleep 1000\nstune metric loss=$STUNE_x\n");
  Running run({"run", "e.sh"}, shell.path(""));
  ASSERT_TRUE(run.says("Running trials [3]"));

  for (const auto& arguments : all_that_look) {
    const Outcome outcome = shell.stune(arguments);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(arguments) << outcome.error;
    EXPECT_FALSE(outcome.output.empty()) << testing::PrintToString(arguments);
  }
  const json document = json::parse(shell.stune({"report", "--json"}).output);
  const Outcome stopped = shell.stune({"stop"});

  EXPECT_EQ(document["trials"]["completed"], 3);
  EXPECT_EQ(document["trials"]["running"], 1);
  EXPECT_EQ(stopped.code, 0) << stopped.error;
  EXPECT_THAT(run.finish().output, HasSubstr("Stopped"));
}

TEST(StepsOfCron, WriteAReportOnceAllOfThemTogetherCanAffordIt) {
  const Shell shell;
  shell.write("e.sh", parabola("#STUNE --param 'x = float(0, 1)' --minimize loss --trials 1 --runner local\n"));
  const auto page = shell.path("e.stune/report.html");
  shell.stune({"run", "e.sh", "--quiet"});
  shell.stune({"set", "e", "--trials", "1000"});
  std::filesystem::remove(page);

  const Outcome young = shell.stune({"step", "e.stune", "--quiet"});
  const bool was_written = std::filesystem::exists(page);
  const std::string telemetry = *read_file(shell.path("e.stune/telemetry.json"));
  json costs = json::parse(telemetry);
  costs["all_cpu_seconds"] = 1000.0;
  costs["pid"] = 0;
  std::ofstream(shell.path("e.stune/telemetry.json")) << costs;
  const Outcome old = shell.stune({"step", "e.stune", "--quiet"});

  EXPECT_EQ(young.code, 0) << young.error;
  EXPECT_FALSE(was_written);
  EXPECT_EQ(old.code, 0) << old.error;
  EXPECT_TRUE(std::filesystem::exists(page));
  const json after = json::parse(*read_file(shell.path("e.stune/telemetry.json")));
  EXPECT_GT(after["report_seconds"], 0.0);
  EXPECT_GT(after["all_cpu_seconds"], 1000.0);
  EXPECT_EQ(after["coordinators"], costs["coordinators"].get<int>() + 1);
}

}  // namespace
}  // namespace stune::cli
