#include "cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "cli/mpi_start.hpp"
#include "cli/plan.hpp"

namespace stune::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

GivenOptions script(const std::string& lines) {
  return options_of(parse_script("#!/bin/sh\n" + lines, "t.sh"), "t.sh");
}

GivenOptions command_line(std::vector<std::string> words) {
  GivenOptions given;
  CLI::App app("", "run");
  add_options(app, {Subject::definition, Subject::running, Subject::session, Subject::planned}, given);
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  refuse_unknown(app);
  return given;
}

std::vector<std::string> texts(const GivenOptions& given, const std::string& option) {
  std::vector<std::string> all;
  for (const Given& one : given.all(option)) all.push_back(one.text);
  return all;
}

template <class Failure, class Act>
std::string message_of(Act&& act) {
  try {
    act();
  } catch (const Failure& error) {
    return error.what();
  }
  return "no error";
}

TEST(Options, ValuesKeepWhatTheyAreHoweverTheyLook) {
  const GivenOptions given =
      command_line({"--sbatch", "--gres=gpu:1 --time=5", "--name=[a,b]", "--param", "x = choice(-1, --y)"});

  EXPECT_THAT(texts(given, "sbatch"), ElementsAre("--gres=gpu:1 --time=5"));
  EXPECT_THAT(texts(given, "name"), ElementsAre("[a,b]"));
  EXPECT_THAT(texts(given, "param"), ElementsAre("x = choice(-1, --y)"));
}

TEST(Options, ScriptLinesRememberWhereTheyStand) {
  const GivenOptions given = script("#STUNE --trials 5\n#STUNE --parallel 2 --trials 6\n");

  ASSERT_NE(given.last("trials"), nullptr);
  EXPECT_EQ(*given.last("trials"), (Given{"6", "t.sh:3: "}));
}

TEST(Options, CommandLineReplacesAndParametersAreReplacedByName) {
  const GivenOptions under = script(
      "#STUNE --param 'lr = log(1e-5, 1)' --param 'n = int(1, 9)'\n"
      "#STUNE --minimize loss --trials 5 --parallel 2 --sbatch --gres=gpu:1\n");
  const GivenOptions over = command_line({"--param", "lr=float(0,1)", "--param", "m = bool", "--maximize", "accuracy",
                                          "--trials", "7", "--sbatch", "--time=5"});

  const GivenOptions all = merged(under, over);

  EXPECT_THAT(texts(all, "param"), ElementsAre("lr=float(0,1)", "n = int(1, 9)", "m = bool"));
  EXPECT_THAT(texts(all, "trials"), ElementsAre("7"));
  EXPECT_THAT(texts(all, "parallel"), ElementsAre("2"));
  EXPECT_THAT(texts(all, "sbatch"), ElementsAre("--gres=gpu:1", "--time=5"));
  EXPECT_FALSE(all.has("minimize"));
  EXPECT_THAT(texts(all, "maximize"), ElementsAre("accuracy"));
}

TEST(Options, ParameterTwiceInOnePlaceIsNamedWithBothLines) {
  const auto given = script("#STUNE --param 'lr = float(0, 1)'\n#STUNE --param 'lr = bool'\n");

  const std::string message = message_of<ConfigError>([&] { merged(given, {}); });

  EXPECT_THAT(message, AllOf(HasSubstr("t.sh:3: "), HasSubstr("lr"), HasSubstr("t.sh:2")));
}

TEST(Options, SeveralObjectivesAreNotSupportedYet) {
  const auto given = command_line({"--minimize", "a", "--maximize", "b"});

  EXPECT_THAT(message_of<ConfigError>([&] { merged({}, given); }), HasSubstr("not supported yet"));
}

TEST(Options, AConstraintIsOfWhatItNames) {
  const auto constrained = [](const std::string& text) {
    return message_of<ConfigError>([&] {
      merged(script("#STUNE --param 'x = bool'\n"), command_line({"--constraint", text}));
    });
  };

  EXPECT_THAT(constrained("extra <= 16"), HasSubstr("outcome constraints are not supported yet"));
  EXPECT_THAT(constrained("2*x<=16"), HasSubstr("constraints on parameters are not supported yet"));
}

TEST(Options, UnknownOptionGetsAGuess) {
  EXPECT_THAT(message_of<UsageError>([] {
                command_line({"--trails", "5"});
              }),
              AllOf(HasSubstr("--trails"), HasSubstr("--trials")));
  EXPECT_THAT(message_of<UsageError>([] { command_line({"--paralel=5"}); }), HasSubstr("--parallel"));
  EXPECT_THAT(message_of<UsageError>([] { command_line({"--xyzzy"}); }), HasSubstr("--help"));
  EXPECT_THAT(message_of<ConfigError>([] { script("#STUNE --trails 5\n"); }),
              AllOf(HasSubstr("t.sh:2: "), HasSubstr("--trials")));
  EXPECT_THAT(message_of<ConfigError>([] { script("#STUNE --trials 5 6\n"); }),
              AllOf(HasSubstr("t.sh:2: "), HasSubstr("\"6\"")));
  EXPECT_THAT(message_of<ConfigError>([] { script("#STUNE --trials\n"); }),
              AllOf(HasSubstr("t.sh:2: "), HasSubstr("--trials")));
}

TEST(Options, OfOneCommandDoNotBelongInAScript) {
  EXPECT_THAT(message_of<ConfigError>([] { script("#STUNE --dry-run\n"); }),
              AllOf(HasSubstr("t.sh:2: "), HasSubstr("command line")));
}

TEST(Options, WithoutWhatWasRecordedOnlyEditsRemain) {
  const auto before = script("#STUNE --trials 5 --param 'x = bool'\n#STUNE --parallel 2\n");
  const auto now = script("#STUNE --trials 9 --param 'x = bool'\n#STUNE --parallel 2\n");

  const GivenOptions edits = without(now, before);

  EXPECT_THAT(texts(edits, "trials"), ElementsAre("9"));
  EXPECT_FALSE(edits.has("param"));
  EXPECT_FALSE(edits.has("parallel"));
}

TEST(Plan, OptionsBecomeRunOptions) {
  const auto given =
      command_line({"--trials", "30", "--parallel", "3", "--tolerated-failure-rate", "0.1", "--runner", "local",
                    "--poll", "10,2,60", "--max-hours", "1.5", "--trial-time-limit", "5m", "--cpus-per-trial", "2"});

  const RunOptions options = apply_options({}, given);

  EXPECT_EQ(options.trials, 30);
  EXPECT_EQ(options.parallel, 3);
  EXPECT_EQ(options.tolerated_failure_rate, 0.1);
  EXPECT_EQ(options.runner, "local");
  EXPECT_EQ(options.poll_start, Seconds{10});
  EXPECT_EQ(options.poll_growth, 2.0);
  EXPECT_EQ(options.poll_cap, Seconds{60});
  EXPECT_EQ(options.max_run_time, Seconds{5400});
  EXPECT_EQ(options.trial_time_limit, Seconds{300});
  EXPECT_EQ(options.cpus_per_trial, 2);
}

TEST(Plan, ALimitOfTimeIsLiftedWithZero) {
  const RunOptions limited = apply_options({}, command_line({"--max-hours", "1.5"}));

  EXPECT_EQ(apply_options(limited, command_line({"--max-hours", "0"})).max_run_time, Seconds{0});
  EXPECT_THAT(message_of<UsageError>([&] {
                apply_options({}, command_line({"--max-hours", "-1"}));
              }),
              HasSubstr("0 for no limit"));
}

TEST(Plan, RepeatedSbatchOptionsAreRecordedOnce) {
  const auto given = command_line({"--sbatch", "--time=5 --mem=1G"});

  const RunOptions once = apply_options({}, given);

  EXPECT_THAT(once.sbatch_options, ElementsAre("--time=5 --mem=1G"));
  EXPECT_EQ(apply_options(once, given), once);
}

TEST(Plan, AnEmptySbatchForgetsThoseBefore) {
  RunOptions recorded;
  recorded.sbatch_options = {"--mem={y}"};

  EXPECT_THAT(apply_options(recorded, command_line({"--sbatch", "", "--sbatch", "--time=5"})).sbatch_options,
              ElementsAre("--time=5"));
  EXPECT_TRUE(apply_options(recorded, command_line({"--sbatch", " "})).sbatch_options.empty());
}

TEST(Parallel, ThatNobodyChoseIsChosenByEachRun) {
  const MpiRanks ranks{8, {}};
  const RunOptions chosen_by_none{.trials = 100, .automatic_parallel = true};

  const RunOptions on_ranks = with_mpi(chosen_by_none, &ranks, "run");
  RunOptions continued = on_ranks;
  continued.runner = "local";

  EXPECT_EQ(on_ranks.runner, "mpi");
  EXPECT_EQ(on_ranks.parallel, 16);
  EXPECT_EQ(with_mpi(continued, nullptr, "resume").parallel, 1);
}

TEST(Parallel, ThatTheUserChoseStays) {
  const MpiRanks ranks{8, {}};

  const RunOptions chosen = apply_options({.automatic_parallel = true}, command_line({"--parallel", "4"}));

  EXPECT_FALSE(chosen.automatic_parallel);
  EXPECT_EQ(with_mpi(chosen, &ranks, "resume").parallel, 4);
  EXPECT_EQ(with_mpi(chosen, nullptr, "resume").parallel, 4);
}

TEST(MpiRanksElsewhere, AreRefusedWithWhatToType) {
  const MpiRanks ranks{3, {}};
  RunOptions options;
  options.runner = "local";

  const std::string message = message_of<UsageError>([&] { with_mpi(options, &ranks, "run train.sh"); });

  EXPECT_THAT(message, AllOf(HasSubstr("4 MPI ranks"), HasSubstr("stune run train.sh --runner local"),
                             HasSubstr("mpirun -n 4 stune run train.sh --runner mpi")));
}

TEST(TrialsOfSeveralRanks, AreRefusedElsewhereThanUnderMpiWithWhatToType) {
  for (const char* const runner : {"auto", "local", "slurm"}) {
    RunOptions options;
    options.runner = runner;
    options.ranks_per_trial = 4;

    const std::string message = message_of<UsageError>([&] { with_mpi(options, nullptr, "resume train.stune"); });

    EXPECT_THAT(message, AllOf(HasSubstr("--ranks-per-trial 4"), HasSubstr(std::string("(") + runner + ")"),
                               HasSubstr("mpirun -n 5 stune resume train.stune --runner mpi"),
                               HasSubstr("--ranks-per-trial 1")));
  }
}

TEST(MpiRanksElsewhere, AreRefusedWhereTheyDoNotEvenSpeakMpi) {
  const Environment step = {
      {"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_STEP_ID", "0"}, {"SLURM_SRUN_COMM_HOST", "n1"}, {"SLURM_PROCID", "0"}};

  EXPECT_THAT(message_of<RunnerError>([&] {
                mpi_program({"run", "t.sh", "--runner", "local"}, step);
              }),
              AllOf(HasSubstr("4 processes, each of which would run"), HasSubstr("stune run t.sh --runner local")));
}

TEST(Plan, WrongValueIsAUsageErrorOnTheCommandLineAndAConfigErrorInTheScript) {
  const auto on_line = command_line({"--trials", "many"});
  const auto in_script = script("#STUNE --trials many\n");

  EXPECT_THAT(message_of<UsageError>([&] { apply_options({}, on_line); }),
              AllOf(HasSubstr("--trials"), HasSubstr("many")));
  EXPECT_THAT(message_of<ConfigError>([&] { apply_options({}, in_script); }),
              AllOf(HasSubstr("t.sh:2: --trials"), HasSubstr("many")));
}

TEST(Plan, RunnersThatDoNotExistAreNamed) {
  const auto apply = [](const char* runner) {
    return message_of<UsageError>([&] { apply_options({}, command_line({"--runner", runner})); });
  };

  EXPECT_THAT(apply("slrum"), AllOf(HasSubstr("slrum"), HasSubstr("slurm")));
  EXPECT_THAT(apply("qsub"), AllOf(HasSubstr("local"), HasSubstr("mpi")));
}

TEST(Plan, DefinitionIsWhatTheOptionsSay) {
  const auto given = merged(script("#STUNE --param 'lr = log(1e-5, 1e-1, default=1e-3)' --maximize accuracy\n"),
                            command_line({"--metric", "time = t.h5:/t", "--seed", "7", "--method", "sobol"}));

  const Definition definition = define(given, {"/here", "/here/train.sh", {}});

  EXPECT_EQ(definition.name, "train");
  EXPECT_EQ(definition.working_directory, "/here");
  EXPECT_EQ(definition.command.script, "/here/train.sh");
  EXPECT_EQ(definition.space.dimension(), 1U);
  ASSERT_EQ(definition.optimization.objectives.size(), 1U);
  EXPECT_EQ(definition.optimization.objectives[0], (Objective{"accuracy", false}));
  ASSERT_EQ(definition.metrics.size(), 2U);
  EXPECT_EQ(definition.metrics[0].first, "time");
  EXPECT_EQ(definition.metrics[1].first, "accuracy");
  EXPECT_EQ(definition.seed, 7U);
  EXPECT_EQ(definition.method, "sobol");
}

TEST(Plan, FolderIsTheNameUnlessGiven) {
  const Surroundings surroundings{"/here", "/here/sub/train.sh", {}};

  EXPECT_EQ(folder_of({}, surroundings), "/here/train.stune");
  EXPECT_EQ(folder_of(command_line({"--name", "x"}), surroundings), "/here/x.stune");
  EXPECT_EQ(folder_of(command_line({"--folder", "../y"}), surroundings), "/y");
  EXPECT_EQ(folder_of({}, {"/here", "", {"python", "--lr", "{lr}"}}), "/here/python.stune");
  EXPECT_THROW(folder_of(command_line({"--name", "a/b"}), surroundings), Error);
}

TEST(Plan, MistakeInAParameterIsToldWithItsPlace) {
  const auto define_it = [](const std::string& line) {
    return message_of<ConfigError>([&] { define(script(line + "\n#STUNE --minimize loss\n"), {"/", "/t.sh", {}}); });
  };

  EXPECT_THAT(define_it("#STUNE --param 'lr = flot(0, 1)'"),
              AllOf(HasSubstr("t.sh:2: --param"), HasSubstr("flot"), HasSubstr("float")));
  EXPECT_THAT(define_it("#STUNE --param 'lr = log(0, 1)'"), AllOf(HasSubstr("t.sh:2: --param"), HasSubstr("lr")));
  EXPECT_THAT(define_it("#STUNE --param 'lr = float(2, 1)'"), AllOf(HasSubstr("t.sh:2: --param"), HasSubstr("lr")));
  EXPECT_THAT(define_it("#STUNE --trials 5"), HasSubstr("no parameter"));
}

TEST(Plan, WhatIsRecordedStaysUnlessItIsGiven) {
  const Definition recorded =
      define(script("#STUNE --param 'x = float(0, 1)' --minimize loss --seed 7\n"), {"/here", "/here/t.sh", {}});

  const Definition same = redefine(recorded, {}, {"/elsewhere", "/elsewhere/t.sh", {}});
  const Definition other =
      redefine(recorded, command_line({"--param", "x = float(0, 2)"}), {"/here", "/here/t.sh", {}});

  EXPECT_EQ(same.space, recorded.space);
  EXPECT_EQ(same.optimization, recorded.optimization);
  EXPECT_EQ(same.seed, 7U);
  EXPECT_EQ(same.working_directory, "/here");
  EXPECT_NE(other.space, recorded.space);
}

TEST(Plan, DifferencesAreNamed) {
  RunOptions after;
  after.parallel = 8;
  after.sbatch_options = {"--comment='a b'"};
  after.trial_time_limit = Seconds{90};

  const auto changes = differences({}, after);

  EXPECT_THAT(changes,
              ElementsAre(testing::Pair("parallel", "8"), testing::Pair("sbatch_options", "[\"--comment='a b'\"]"),
                          testing::Pair("trial_time_limit", "90")));
}

}  // namespace
}  // namespace stune::cli
