// What a user does with one experiment, from the first run to the best trial, with the real program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/cli/program.hpp"

namespace stune::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const std::string six_trials =
    "#STUNE --param 'x = float(0, 1, default=0.9)' --minimize loss --trials 6 --parallel 2 --runner local --seed 1\n";

/// One finished experiment for all that only look.
class FinishedExperiment : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shell = new Shell;
    shell->write("train.sh", parabola(six_trials));
    ran = shell->stune({"run", "train.sh"});
  }
  static void TearDownTestSuite() { delete shell; }
  static inline Shell* shell = nullptr;
  static inline Outcome ran;
};

TEST_F(FinishedExperiment, RunTellsWhatItDoesAndWhatIsBest) {
  EXPECT_EQ(ran.code, 0) << ran.error;
  EXPECT_THAT(ran.error, AllOf(HasSubstr("Running trials [0"), HasSubstr("Retrieved COMPLETED trials: ")));
  EXPECT_THAT(ran.output, AllOf(HasSubstr("All 6 trials are in"), HasSubstr("Best of 6 completed trials: loss = "),
                                HasSubstr("\n  x  0.")));
}

TEST_F(FinishedExperiment, StatusIsOneJsonObjectForPrograms) {
  const json status = json::parse(shell->stune({"status", "train.stune", "--json"}).output);

  EXPECT_EQ(status["name"], "train");
  EXPECT_EQ(status["state"], "finished");
  EXPECT_EQ(status["owner"], nullptr);
  EXPECT_EQ(status["objective"], (json{{"metric", "loss"}, {"minimize", true}}));
  EXPECT_EQ(status["trials"]["wanted"], 6);
  EXPECT_EQ(status["trials"]["completed"], 6);
  EXPECT_EQ(status["trials"]["running"], 0);
  EXPECT_TRUE(status["best"]["parameters"]["x"].is_number());
  for (const char* key : {"folder", "parallel", "created", "last_change", "torn_journal"})
    EXPECT_TRUE(status.contains(key)) << key;
}

TEST_F(FinishedExperiment, PredictSaysWhatTheModelExpectsAndHowSureItIs) {
  const Outcome text = shell->stune({"predict", "train.stune", "x=0.25"});
  const json answer = json::parse(shell->stune({"predict", "x=0.9", "--json"}).output);

  EXPECT_THAT(text.output,
              AllOf(HasSubstr("loss = "), HasSubstr(", with 95 % between "), HasSubstr("By a model of 6 trials")));
  EXPECT_EQ(answer["metric"], "loss");
  EXPECT_EQ(answer["trial"], 0);  // the defaults
  EXPECT_LT(answer["low"], answer["mean"]);
  EXPECT_GT(answer["high"], answer["mean"]);
  EXPECT_EQ(shell->stune({"predict", "train.stune", "x=7"}).code, 3);
  EXPECT_THAT(shell->stune({"predict", "train.stune"}).error, HasSubstr("parameter x has no value"));
}

TEST_F(FinishedExperiment, ExportWritesWhatItsNameSays) {
  const Outcome csv = shell->stune({"export", "train.stune", "all.csv"});

  EXPECT_EQ(csv.output, "all-experiment.csv\nall.csv\nall-observations.csv\nall-attempts.csv\n");
  EXPECT_EQ(*read_file(shell->path("all.csv")), shell->stune({"trials", "--csv"}).output);
  EXPECT_EQ(shell->stune({"export", "all.h5"}).code, 0);
  EXPECT_EQ(shell->stune({"export", "train.stune", "all.txt"}).code, 2);
  EXPECT_EQ(shell->stune({"export"}).code, 2);
}

TEST_F(FinishedExperiment, StatusReadsAsASentence) {
  const Outcome status = shell->stune({"status"});

  EXPECT_THAT(status.output, AllOf(HasSubstr("train is finished"), HasSubstr("minimize loss"),
                                   HasSubstr("6 completed (of 6 wanted)")));
}

TEST_F(FinishedExperiment, TrialsAreATableAndAJsonObject) {
  const Outcome table = shell->stune({"trials", "train"});
  const json document = json::parse(shell->stune({"trials", "--json"}).output);

  EXPECT_THAT(table.output, ContainsRegex("^trial +status +loss +x +by"));
  EXPECT_EQ(std::count(table.output.begin(), table.output.end(), '\n'), 7);
  ASSERT_EQ(document["trials"].size(), 6U);
  const json& first = document["trials"][0];
  EXPECT_EQ(first["trial"], 0);
  EXPECT_EQ(first["status"], "completed");
  EXPECT_EQ(first["parameters"]["x"], 0.9);
  EXPECT_NEAR(first["objective"].get<double>(), 0.4225, 1e-6);
  EXPECT_EQ(first["observations"][0]["metric"], "loss");
  EXPECT_EQ(first["attempts"].size(), 1U);
}

TEST_F(FinishedExperiment, BestFirstSortsByTheObjective) {
  const json document = json::parse(shell->stune({"trials", "--json", "--best-first"}).output);

  for (std::size_t i = 1; i < 6; ++i)
    EXPECT_LE(document["trials"][i - 1]["objective"], document["trials"][i]["objective"]);
}

TEST_F(FinishedExperiment, BestSaysHowMuchBetterItIsThanTheDefaults) {
  const Outcome best = shell->stune({"best"});
  const json document = json::parse(shell->stune({"best", "--json"}).output);

  EXPECT_THAT(best.output, HasSubstr("Better than your defaults (trial 0) by"));
  EXPECT_EQ(document["baseline"]["defaults"], true);
  EXPECT_NEAR(document["baseline"]["value"].get<double>(), 0.4225, 1e-6);
  EXPECT_NEAR(document["baseline"]["gain"].get<double>(), 0.4225 - document["value"].get<double>(), 1e-9);
}

TEST_F(FinishedExperiment, BestArgsIsALineForAShell) {
  const Outcome line = shell->stune({"best", "--args"});
  const Outcome expected = shell->stune({"best", "--args", "--expected"});

  EXPECT_THAT(line.output, AllOf(HasSubstr(" STUNE_x=0."), HasSubstr("script.sh)\n")));
  EXPECT_EQ(expected.output, line.output) << "without noise the best is the best";
}

TEST_F(FinishedExperiment, RunningItAgainDoesNothingMore) {
  const Outcome again = shell->stune({"run", "train.sh"});

  EXPECT_EQ(again.code, 0) << again.error;
  EXPECT_THAT(again.output, HasSubstr("Best of 6 completed trials"));
  EXPECT_THAT(again.error, Not(HasSubstr("Running trials")));
}

TEST_F(FinishedExperiment, AnotherSearchSpaceIsRefusedAndNothingChanges) {
  const auto before = shell->listing();

  const Outcome other = shell->stune({"run", "train.sh", "--param", "x = float(0, 2)"});

  EXPECT_EQ(other.code, 3);
  EXPECT_THAT(other.error, AllOf(HasSubstr("search space"), HasSubstr("float(0, 2)"), HasSubstr("--name")));
  EXPECT_EQ(shell->listing(), before);
}

TEST(ExperimentFolder, HoldsWhatWasGivenOnTheCommandLineSoThatNothingIsRepeated) {
  const Shell shell;
  shell.write("train.sh", parabola("#STUNE --param 'x = float(0, 1)' --minimize loss\n"));
  shell.stune(
      {"run", "train.sh", "--param", "y = choice(a, b)", "--trials", "2", "--parallel", "2", "--runner", "local"});

  const Outcome more = shell.stune({"run", "train.sh", "--trials", "3"});

  const json document = json::parse(shell.stune({"trials", "--json"}).output);
  EXPECT_EQ(more.code, 0) << more.error;
  EXPECT_EQ(document["trials"].size(), 3U);
  EXPECT_TRUE(document["trials"][2]["parameters"].contains("y"));
}

TEST(ExperimentFolder, ParameterGoneFromTheScriptIsRefused) {
  const Shell shell;
  shell.write(
      "train.sh",
      parabola("#STUNE --param 'x = float(0, 1)' --param 'y = bool' --minimize loss --trials 1 --runner local\n"));
  shell.stune({"run", "train.sh"});
  shell.write("train.sh", parabola("#STUNE --param 'x = float(0, 1)' --minimize loss --trials 1 --runner local\n"));

  const Outcome edited = shell.stune({"run", "train.sh"});

  EXPECT_EQ(edited.code, 3);
  EXPECT_THAT(edited.error, AllOf(HasSubstr("parameter y"), HasSubstr("--name")));
}

TEST(FiniteSpace, ThatIsUsedUpEndsTheRunAndItSaysSo) {
  const Shell shell;

  const Outcome ended = shell.stune({"run", "--param", "c = choice(a, b, c)", "--minimize", "loss", "--trials", "10",
                                     "--parallel", "2", "--runner", "local", "--", "sh", "-c", "stune metric loss=1"});

  EXPECT_EQ(ended.code, 0) << ended.error;
  EXPECT_THAT(ended.output, AllOf(HasSubstr("Every point of the search space has been tried"),
                                  HasSubstr("Best of 3 completed trials")));
  EXPECT_EQ(json::parse(shell.stune({"status", "--json"}).output)["state"], "finished");
}

TEST(FailingTrials, ThatAreAllToleratedLeaveNoResultAllTheSame) {
  const Shell shell;

  const Outcome ended = shell.stune({"run", "--param", "x = float(0, 1)", "--minimize", "loss", "--trials", "3",
                                     "--tolerated-failure-rate", "1", "--runner", "local", "--", "false"});

  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.output, HasSubstr("No trial has completed yet"));
}

TEST(Status, TellsWhatAllCoordinatorsHaveCost) {
  const Shell shell;
  shell.write("train.sh", parabola(six_trials));
  shell.stune({"run", "train.sh", "--quiet"});
  shell.stune({"resume", "train", "--trials", "8", "--quiet"});

  const Outcome status = shell.stune({"status"});
  const json budget = json::parse(shell.stune({"status", "--json"}).output)["budget"];

  EXPECT_THAT(status.output, ContainsRegex("cost +[0-9.e-]+ s of CPU by 2 coordinators; the last [0-9.e-]+ s of CPU"));
  EXPECT_EQ(budget["coordinators"], 2);
  EXPECT_GT(budget["all_cpu_seconds"].get<double>(), budget["cpu_seconds"].get<double>());
}

TEST(DryRun, ShowsEverythingAndCreatesNothing) {
  const Shell shell;
  shell.write("train.sh", parabola("#SBATCH --time=5 --mem=1G\n" + six_trials));
  const auto before = shell.listing();

  const Outcome outcome = shell.stune(
      {"run", "train.sh", "--dry-run", "--runner", "slurm", "--sbatch", "--gres=gpu:1", "--poll", "30,2,120"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("#SBATCH --time=5"), HasSubstr("--gres=gpu:1"), HasSubstr("exec "),
                    HasSubstr("STUNE_x=0.9"), HasSubstr("STUNE_METRICS="), HasSubstr("30 s"), HasSubstr("2 min")));
  EXPECT_EQ(shell.listing(), before);
}

TEST(ValuesAreData, HostileChoicesArriveAsWritten) {
  const Shell shell;
  shell.write("show.sh", "#!/bin/sh\nprintf '%s\\n' \"$1\" \"$STUNE_c\" > got-$STUNE_TRIAL\nstune metric m=1\n");

  const Outcome outcome =
      shell.stune({"run", "--name", "e", "--param", "c = choice('$(rm -rf x)', 'a b;c', \"it's\")", "--minimize", "m",
                   "--trials", "3", "--runner", "local", "--", "./show.sh", "{c}"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  std::set<std::string> got;
  for (const char* name : {"got-0", "got-1", "got-2"}) got.insert(read_file(shell.path(name)).value_or(""));
  EXPECT_EQ(got, (std::set<std::string>{"$(rm -rf x)\n$(rm -rf x)\n", "a b;c\na b;c\n", "it's\nit's\n"}));
}

TEST(ValuesAreData, BestArgsOfACommandReadsBack) {
  const Shell shell;
  shell.write("m.sh", "#!/bin/sh\nstune metric m=1\n");
  shell.stune({"run", "--name", "e", "--param", "c = choice('a b')", "--param", "d = bool", "--minimize", "m",
               "--trials", "1", "--runner", "local", "--", "./m.sh", "{c}"});

  EXPECT_THAT(shell.stune({"best", "--args"}).output,
              AllOf(HasSubstr("STUNE_c='a b' "), HasSubstr(" ./m.sh 'a b')\n")));
}

TEST(Set, ChangesOptionsOfAnExperimentThatNobodyRuns) {
  const Shell shell;
  shell.write("train.sh", parabola("#STUNE --param 'x = float(0, 1)' --minimize loss --trials 1 --runner local\n"));
  shell.stune({"run", "train.sh"});

  const Outcome set = shell.stune({"set", "train", "--parallel", "4", "--trials", "2"});
  const Outcome wrong = shell.stune({"set", "train", "--parallel", "0"});

  const json status = json::parse(shell.stune({"status", "--json"}).output);
  EXPECT_EQ(set.code, 0) << set.error;
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(status["parallel"], 4);
  EXPECT_EQ(status["trials"]["wanted"], 2);
  EXPECT_EQ(status["state"], "paused");
  EXPECT_EQ(shell.stune({"resume"}).code, 0);
  EXPECT_EQ(json::parse(shell.stune({"status", "--json"}).output)["trials"]["completed"], 2);
}

TEST(FailingTrials, EndTheRunWithTheirLastWords) {
  const Shell shell;
  shell.write("bad.sh",
              "#!/bin/sh\n#STUNE --param 'x = float(0, 1)' --minimize loss --trials 20 --runner local\necho no luck "
              "with $STUNE_x >&2\nexit 7\n");

  const Outcome outcome = shell.stune({"run", "bad.sh"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("no luck with"), HasSubstr("7")));
}

TEST(FailingTrials, ThatNeverReportTheObjectiveAreTakenForAMisspeltName) {
  const Shell shell;
  shell.write("bad.sh",
              "#!/bin/sh\n#STUNE --param 'x = float(0, 1)' --minimize accuracy --trials 20 --runner local\n"
              "echo epoch 1 of $STUNE_TRIAL\nstune metric acuracy=1\n");

  const Outcome outcome = shell.stune({"run", "bad.sh"});

  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("No trial has reported accuracy; trial 4 reported acuracy"),
                                   HasSubstr("did you mean \"acuracy\"?"), HasSubstr("epoch 1 of 4")));
  EXPECT_THAT(outcome.output, HasSubstr("The output of trial 4 is in bad.stune/trials/000004/attempt-0/output.log\n"));
}

TEST(Variables, OfATrialAreReservedNames) {
  const Shell shell;
  shell.write("e.sh",
              "#!/bin/sh\n#STUNE --param 'x = float(0, 1)' --minimize loss --trials 1 --runner local\n"
              "env | sed -n 's/^STUNE_\\([A-Z_]*\\)=.*/\\1/p' >names\nstune metric loss=1\n");
  ASSERT_EQ(shell.stune({"run", "e.sh"}).code, 0);
  std::istringstream names(*read_file(shell.path("names")));

  int count = 0;
  for (std::string name; std::getline(names, name); ++count) {
    if (std::getenv(("STUNE_" + name).c_str()) != nullptr) continue;  // ours, not the trial's
    const Outcome outcome = shell.stune({"run", "e.sh", "--name", "b", "--param", name + " = bool", "--dry-run"});
    EXPECT_EQ(outcome.code, 3) << name;
    EXPECT_THAT(outcome.error, HasSubstr("stune itself gives"));
  }
  EXPECT_GE(count, 7);
}

TEST(Metric, OutsideOfATrialShowsWhatItWouldReport) {
  const Shell shell;

  const Outcome outcome = shell.stune({"metric", "loss=0.25", "speed=2"});

  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.output, "loss = 0.25\nspeed = 2\n");
  EXPECT_THAT(outcome.error, HasSubstr("not recorded"));
}

TEST(AskAndTell, WorkWithoutAnyRunner) {
  const Shell shell;

  const json first = json::parse(
      shell.stune({"ask", "lab", "-n", "2", "--json", "--param", "t = float(20, 90)", "--maximize", "yield"}).output);
  const Outcome told = shell.stune({"tell", "lab", "0", "yield=0.5+-0.1"});
  const Outcome failed = shell.stune({"tell", "lab", "1", "--failed", "spilt"});
  const Outcome attached = shell.stune({"attach", "lab", "t=50", "--result", "yield=0.75"});
  const Outcome next = shell.stune({"ask", "lab"});

  ASSERT_EQ(first["trials"].size(), 2U);
  EXPECT_EQ(first["trials"][0]["trial"], 0);
  EXPECT_TRUE(first["trials"][0]["parameters"]["t"].is_number());
  EXPECT_THAT(told.output, HasSubstr("Trial 0 is completed"));
  EXPECT_THAT(failed.output, HasSubstr("Trial 1 is failed"));
  EXPECT_THAT(attached.output, HasSubstr("Trial 2 is completed"));
  EXPECT_THAT(next.output, ContainsRegex("trial +t\n +3 "));
  EXPECT_EQ(json::parse(shell.stune({"best", "lab", "--json"}).output)["trial"], 2);
}

TEST(AskAndTell, SayWhatIsDoneInPlaceOfTheModel) {
  const Shell shell;
  shell.stune({"ask", "lab", "-n", "5", "--param", "t = float(20, 90)", "--maximize", "yield"});
  for (const char* trial : {"0", "1", "2", "3", "4"}) shell.stune({"tell", "lab", trial, "yield=0.1"});

  const Outcome next = shell.stune({"ask", "lab"});

  EXPECT_EQ(next.code, 0);
  EXPECT_THAT(next.error, HasSubstr("a quasi-random trial instead of the model's: equal outcomes tell nothing"));
}

TEST(Best, OfNoisyMeasurementsMayHaveBeenLuckyAndIsNotWhatTheModelExpectsMostOf) {
  const Shell shell;
  shell.stune({"ask", "lab", "--param", "t = float(0, 1)", "--maximize", "yield"});
  for (int i = 0; i < 24; ++i) {  // each point twice
    const double t = (i / 2 + 0.5) / 12, hill = 4 * t * (1 - t), noise = i == 2 ? 0.8 : i % 2 == 0 ? 0.2 : -0.2;
    shell.stune({"attach", "lab", "t=" + std::to_string(t), "--result", "yield=" + std::to_string(hill + noise)});
  }

  const Outcome best = shell.stune({"best"});
  const json measured = json::parse(shell.stune({"best", "--json"}).output);
  const json expected = json::parse(shell.stune({"best", "--expected", "--json"}).output);

  EXPECT_EQ(measured["trial"], 3) << "trial 0 was asked for";
  EXPECT_GT(measured["value"], measured["predicted"]["high"]);
  EXPECT_NEAR(expected["parameters"]["t"].get<double>(), 0.5, 0.2);
  EXPECT_GT(expected["predicted"]["mean"], measured["predicted"]["mean"]);
  EXPECT_THAT(best.output,
              HasSubstr("takes some of that for luck, and expects more of trial " + expected["trial"].dump() + ": "));
  EXPECT_THAT(shell.stune({"best", "--expected"}).output,
              HasSubstr("Expected to be the best of 24 completed trials: yield = "));
}

TEST(Best, IsNotSaidToBeLuckyWhereTheModelExpectsNoMoreElsewhere) {
  const Shell shell;
  shell.stune({"ask", "lab", "--param", "t = float(0, 1)", "--minimize", "loss"});
  const auto measure = [&](const char* t, const char* loss) {
    shell.stune({"attach", "lab", std::string("t=") + t, "--result", std::string("loss=") + loss});
  };
  const auto best = [&](bool expected) {
    return json::parse(shell.stune({"best", expected ? "--expected" : "lab", "--json"}).output);
  };
  for (const char* t : {"0", "0.5", "1"}) measure(t, "3+-0.1");
  for (int i = 0; i < 4; ++i) measure("0.2", "0+-0.5");
  for (const char* loss : {"1+-1", "1+-1", "-2.7+-1"}) measure("0.8", loss);
  ASSERT_LT(best(false)["value"], best(false)["predicted"]["low"]) << "lucky, as far as the model knows";
  ASSERT_EQ(best(true)["parameters"]["t"], 0.2) << "for it knows more there,";
  ASSERT_GT(best(true)["predicted"]["mean"], best(false)["predicted"]["mean"]) << "and expects less";
  EXPECT_THAT(shell.stune({"best"}).output, Not(HasSubstr("luck")));

  for (int i = 0; i < 10; ++i) measure("0.8", "-1+-1");
  ASSERT_EQ(best(true)["parameters"]["t"], 0.8);
  ASSERT_NE(best(true)["trial"], best(false)["trial"]) << "the same point, tried often";
  EXPECT_THAT(shell.stune({"best"}).output, Not(HasSubstr("luck")));
}

TEST(AskAndTell, MistakesChangeNothing) {
  const Shell shell;
  shell.stune({"ask", "lab", "--param", "t = float(20, 90)", "--maximize", "yield"});
  const auto before = shell.listing();

  const std::vector<std::pair<std::vector<std::string>, int>> calls = {
      {{"tell", "lab", "0"}, 2},
      {{"tell", "lab", "0", "yield=high"}, 2},
      {{"tell", "lab", "0", "cost=1"}, 3},
      {{"tell", "lab", "7", "yield=1"}, 3},
      {{"tell", "lab", "x", "yield=1"}, 2},
      {{"attach", "lab", "t=10"}, 3},
      {{"attach", "lab", "u=10"}, 3},
      {{"attach", "lab", "t=50", "--result", "cost=1"}, 3},
      {{"ask", "lab", "-n", "0"}, 2},
      {{"ask", "lab", "--param", "t = float(0, 90)"}, 3},
      {{"stop", "lab", "--trial", "5"}, 3}};
  for (const auto& [arguments, code] : calls) {
    const Outcome outcome = shell.stune(arguments);
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(arguments) << outcome.error;
    EXPECT_NE(outcome.error, "");
  }

  EXPECT_EQ(shell.listing(), before);
}

TEST(Help, IsThereForEveryCommandWithAnExample) {
  const Shell shell;

  for (const char* command : {"run", "resume", "step", "status", "trials", "best", "report", "predict", "export",
                              "explain", "doctor", "stop", "set", "ask", "tell", "attach"}) {
    const Outcome help = shell.stune({command, "--help"});
    EXPECT_EQ(help.code, 0) << command;
    EXPECT_THAT(help.output, HasSubstr("Example")) << command;
  }
  EXPECT_THAT(shell.stune({"--help"}).output, AllOf(HasSubstr("Exit codes"), HasSubstr("metric")));
  EXPECT_THAT(shell.stune({"--version"}).output, testing::StartsWith("stune "));
}

}  // namespace
}  // namespace stune::cli
