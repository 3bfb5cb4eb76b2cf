#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/results.hpp"
#include "cli/table.hpp"
#include "cli/terminal.hpp"
#include "client/log_progress.hpp"
#include "stune/error.hpp"

namespace stune::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({{"trial"}, {"status", Table::Align::left}, {"loss"}});
  table.add({"7", "completed", "0.25"});
  table.add({"12", "failed", ""});

  EXPECT_EQ(table.text(),
            "trial  status     loss\n"
            "    7  completed  0.25\n"
            "   12  failed\n");
}

TEST(Table, EmptyColumnsAreLeftOut) {
  Table table({{"a"}, {"b"}, {"c"}});
  table.add({"1", "", "3"});

  EXPECT_EQ(table.text(), "a  c\n1  3\n");
}

TEST(Table, CharactersCountAndControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(display_width("\xC3\xA4"), 1U);
  EXPECT_EQ(printable("a\033[2Jb\n"), "a?[2Jb?");
}

TEST(LiveLine, TellsHowFarItIs) {
  ProgressSnapshot snapshot;
  snapshot.wanted = 30;
  snapshot.completed = 12;
  snapshot.running = 3;
  snapshot.pending = 1;
  snapshot.failed = 2;
  snapshot.best = 0.931;
  snapshot.best_trial = 7;
  snapshot.metric = "accuracy";
  snapshot.elapsed = Seconds{125.7};

  EXPECT_EQ(live_line(snapshot, 200),
            "12 of 30 done, 3 running, 1 pending, 2 failed | best accuracy 0.931 (trial 7) | 2 min 5 s");
  EXPECT_EQ(live_line(snapshot, 20), "12 of 30 done, 3 run");
}

TEST(LogLines, ReadLikeTheTutorials) {
  LogProgress progress;
  testing::internal::CaptureStderr();

  progress.trials_started(std::vector<int>{3});
  progress.trials_ended(std::vector<int>{2, 0, 1}, TrialStatus::completed);

  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("Running trials [3]...\n"), HasSubstr("Retrieved COMPLETED trials: 0 - 2.\n")));
}

TEST(Results, HaveAnErrorOrNone) {
  EXPECT_EQ(parse_result("yield=0.71+-0.02"), (Observation{"yield", final_step, 0.71, 0.02}));
  EXPECT_EQ(parse_result("yield=-1e-3", 5).step, 5);
  for (const char* text : {"yield", "=1", "yield=", "yield=high", "yield=1+-x", "yield=1+--1", "yield=nan"}) {
    EXPECT_THROW(parse_result(text), UsageError) << text;
  }
}

TEST(Results, ParametersAreCompleteAndKnown) {
  const SearchSpace space({range("lr", 0.0, 1.0), integer("n", 1, 9), fixed("v", std::string("x"))});

  const Parameterization parameters = parse_parameters({"n=3", "lr=0.5"}, space);

  EXPECT_EQ(parameters.number("lr"), 0.5);
  EXPECT_EQ(parameters.integer("n"), 3);
  EXPECT_EQ(parameters.text("v"), "x");
  EXPECT_THROW(parse_parameters({"lr=0.5"}, space), ConfigError);
  EXPECT_THROW(parse_parameters({"lr=2", "n=3"}, space), ConfigError);
  EXPECT_THROW(parse_parameters({"lr=0.5", "n=3", "m=4"}, space), ConfigError);
  EXPECT_THROW(parse_parameters({"lr=0.5", "lr=0.5", "n=3"}, space), ConfigError);
}

}  // namespace
}  // namespace stune::cli
