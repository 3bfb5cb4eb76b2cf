// One attempt, started once, twice, fifty times: what ran, and what is on record.
#include "tests/trial/attempt_fixture.hpp"

#include <algorithm>

namespace stune {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Attempt : public AttemptFixture {};

const Environment first_run = {{"SLURM_CLUSTER_NAME", "c"}, {"SLURM_JOB_ID", "4711"}};
const Environment requeued = {{"SLURM_CLUSTER_NAME", "c"}, {"SLURM_JOB_ID", "4711"}, {"SLURM_RESTART_COUNT", "1"}};

TEST_F(Attempt, LeavesAnExitRecordItsOutputAndAMarker) {
  prepare("echo said; echo complained >&2; exit 3");

  const int code = run();

  EXPECT_EQ(code, 3);
  EXPECT_EQ(output(), "said\ncomplained\n");
  EXPECT_EQ(record().id, (AttemptId{7, 0}));
  EXPECT_EQ(record().exit_code, 3);
  EXPECT_EQ(ending_of(record()).cause, Cause::exit_code);
  EXPECT_LE(record().started, record().ended);
  EXPECT_THAT(finished_attempts(experiment), testing::ElementsAre(AttemptId{7, 0}));
}

TEST_F(Attempt, SecondStartOfAFinishedAttemptDoesNothing) {
  prepare("echo ran");
  run();
  const auto before = read_file(attempt.exit_record(0));

  const int code = run();

  EXPECT_EQ(code, 0);
  EXPECT_EQ(output(), "ran\n");
  EXPECT_EQ(read_file(attempt.exit_record(0)), before);
  EXPECT_FALSE(std::filesystem::exists(attempt.claim(1)));
  EXPECT_THAT(messages(), HasSubstr("already finished"));
}

TEST_F(Attempt, FiftyConcurrentStartsRunTheCommandOnce) {
  prepare("echo ran");

  std::vector<pid_t> starts;
  for (int i = 0; i < 50; ++i) starts.push_back(start());
  for (const pid_t pid : starts) EXPECT_EQ(wait_for(pid), 0);

  EXPECT_EQ(output(), "ran\n");
  EXPECT_FALSE(std::filesystem::exists(attempt.claim(1)));
}

TEST_F(Attempt, AFencedAttemptNeverStarts) {
  prepare("echo ran");
  ASSERT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));

  const int code = run();

  EXPECT_EQ(code, 0);
  EXPECT_EQ(output(), "");
  EXPECT_THAT(messages(), HasSubstr("fenced"));
}

TEST_F(Attempt, ARequeuedJobStartsAgainAfterAnInterruptedStart) {
  const std::string ready = make_pipe("ready");
  prepare("echo start $STUNE_RESTART $(basename $STUNE_METRICS); [ $STUNE_RESTART = 1 ] && exit 0; echo > " + ready +
          "; sleep 1000");
  const pid_t first = start(first_run);
  read_file(ready);
  ::kill(first, SIGTERM);
  EXPECT_EQ(wait_for(first), 128 + SIGTERM);

  EXPECT_EQ(run(requeued), 0);

  EXPECT_EQ(output(), "start 0 metrics.0.h5\nstart 1 metrics.1.h5\n");
  EXPECT_EQ(ending_of(record(0)).cause, Cause::interrupted);
  EXPECT_EQ(ending_of(record(1)).cause, Cause::completed);
  EXPECT_EQ(record(1).job, "c:4711");
}

TEST_F(Attempt, ARequeuedJobDoesNothingAfterAFinishedStart) {
  for (const std::string code : {"0", "1"}) {
    const AttemptFolder folder = attempt;
    std::filesystem::remove_all(folder.path());
    prepare("echo ran; exit " + code);
    run(first_run);

    run(requeued);

    EXPECT_EQ(output(), "ran\n");
    EXPECT_FALSE(std::filesystem::exists(attempt.claim(1)));
  }
}

TEST_F(Attempt, AnInterruptedStartThatIsFencedIsNotStartedAgain) {
  const std::string ready = make_pipe("ready");
  prepare("echo ran; echo > " + ready + "; sleep 1000");
  const pid_t first = start(first_run);
  read_file(ready);
  ::kill(first, SIGTERM);
  wait_for(first);
  ASSERT_TRUE(std::holds_alternative<Fenced>(fence_after(attempt, 0)));

  EXPECT_EQ(run(requeued), 0);

  EXPECT_EQ(output(), "ran\n");
}

TEST_F(Attempt, ValuesArriveExactlyAsWritten) {
  const std::vector<std::string> values = {"$(rm -rf x)",
                                           "a b;c",
                                           "it's \"quoted\"",
                                           "two\nlines\n",
                                           "\xC3\xA4\xE2\x82\xAC",
                                           "\xFF\xFE raw",
                                           "`id`",
                                           "{other}",
                                           "",
                                           "-n",
                                           "*",
                                           "back\\slash",
                                           "%s%n"};
  std::string expected;
  for (const std::string& value : values) {
    std::filesystem::remove_all(attempt.path());
    workplace.command.arguments = {"/bin/bash", "-c", "printf '%s\\0' \"$1\" \"$STUNE_x_y\"", "name", "{x.y}"};
    const Parameterization parameters{{"x.y", value}};
    write_task(attempt, make_task(workplace, "token", {{7, 0}, parameters, 0, {}, {}}, false));

    run();

    EXPECT_EQ(output(), value + std::string(1, '\0') + value + std::string(1, '\0'));
  }
}

TEST_F(Attempt, TheNodeProgramIsFoundByTheTrialAndItsMetricsAreOnRecord) {
  prepare(
      "stune metric accuracy=0.5 loss=nan; stune metric accuracy=0.25 --step 3 --sem 0.1; stune metric accuracy=0.75");

  EXPECT_EQ(run(), 0);

  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<Observation> told = record().observations;
  for (Observation& observation : told) {
    if (const auto at = std::exchange(observation.at, std::nullopt)) {
      EXPECT_EQ(observation.step, 3);
      EXPECT_GE(*at, record().started);
      EXPECT_LE(*at, record().ended);
    }
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre(Observation{"accuracy", final_step, 0.75, nan},
                                                  Observation{"loss", final_step, nan, nan},
                                                  Observation{"accuracy", 3, 0.25, 0.1}));
  EXPECT_FALSE(std::filesystem::exists(attempt.records()));
}

TEST_F(Attempt, ConcurrentMetricCallsOfOneTrialAllCount) {
  prepare("for i in {1..40}; do stune metric loss=$i --step $i & done; wait");

  EXPECT_EQ(run(), 0);

  EXPECT_EQ(record().observations.size(), 40U);
}

TEST_F(Attempt, MetricFilesAreSealedOnlyIfThisStartWroteThem) {
  workplace.metric_files = {"old.h5", "new.h5", "missing.h5"};
  prepare("printf 123456789 > $STUNE_METRICS; printf 123456789 > $STUNE_TRIAL_DIR/new.h5");
  std::ofstream(experiment.trial(7) / "old.h5") << "left by an earlier attempt";

  run();

  ASSERT_EQ(record().seals.size(), 2U);
  EXPECT_EQ(record().seals[0].file, attempt.metrics(0));
  EXPECT_EQ(record().seals[1].file, experiment.trial(7) / "new.h5");
  EXPECT_EQ(record().seals[1].size, 9U);
  EXPECT_EQ(record().seals[1].crc, 0xCBF43926U);  // the check value of CRC-32
}

TEST_F(Attempt, WhatTheCommandLeavesBehindIsEnded) {
  prepare("sleep 1000 & echo $!; setsid sleep 1000 & echo $!; exit 0");

  EXPECT_EQ(run(), 0);

  std::ifstream list(attempt.output());
  int pids = 0;
  for (pid_t pid = 0; list >> pid; ++pids) EXPECT_FALSE(identify(pid).has_value()) << pid;
  EXPECT_EQ(pids, 2);
}

TEST_F(Attempt, TheLastWriterOfAPipelineMayFinish) {
  prepare("exec > >(while read -r line; do echo \"tee: $line\"; done); echo last words");

  EXPECT_EQ(run(), 0);

  EXPECT_EQ(output(), "tee: last words\n");
}

TEST_F(Attempt, TheTimeLimitEndsItAndIsNamed) {
  prepare("trap 'exit 0' TERM; while :; do sleep 0.01; done", {}, [](Task& task) { task.time_limit = Seconds(0.05); });

  run();

  EXPECT_TRUE(record().time_limit);
  EXPECT_EQ(ending_of(record()).cause, Cause::timeout);
}

TEST_F(Attempt, ATaskFromStandardInputNeedsNoFolderOfTheAttempt) {
  create_folders(experiment.trial(7));
  const Task task = make_bash_task("cat; echo \"$STUNE_x\"; cat \"$STUNE_PARAMETERS\"", {{"x", 0.25}});

  EXPECT_EQ(wait_for(start({}, to_text(task))), 0);

  EXPECT_EQ(output(), "0.25\n{\n  \"x\": 0.25\n}\n");
  EXPECT_EQ(read_task(attempt.task()).arguments, task.arguments);
  EXPECT_EQ(ending_of(record()).cause, Cause::completed);
}

TEST_F(Attempt, TellsHowManyNodesItsJobHas) {
  prepare("true");
  run({{"SLURM_JOB_ID", "4711"}, {"SLURM_JOB_NUM_NODES", "4"}});

  EXPECT_EQ(ending_of(record()).nodes, 4);
}

TEST_F(Attempt, HalfATaskStartsNothing) {
  const std::string text = to_text(make_bash_task("echo ran", {}));

  EXPECT_EQ(wait_for(start({}, text.substr(0, text.size() / 2))), static_cast<int>(ExitCode::storage));

  EXPECT_FALSE(std::filesystem::exists(attempt.path()));
}

TEST_F(Attempt, AFencedAttemptIsNotTouchedByALateTask) {
  ASSERT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));

  EXPECT_EQ(wait_for(start({}, to_text(make_bash_task("echo ran", {})))), 0);

  EXPECT_FALSE(std::filesystem::exists(attempt.task()));
  EXPECT_FALSE(std::filesystem::exists(attempt.output()));
  EXPECT_THAT(messages(), HasSubstr("fenced"));
}

TEST_F(Attempt, AStrayStartOfARemovedTrialDoesNothingAndMakesNothing) {
  prepare("echo ran");
  ASSERT_EQ(run(), 0);
  create_folders(experiment.trial(8));
  const std::string task = to_text(make_bash_task("echo ran", {}));
  std::filesystem::remove_all(experiment.trial(7));

  const int storage = static_cast<int>(ExitCode::storage);
  EXPECT_EQ(wait_for(start({})), storage);
  EXPECT_EQ(wait_for(start(requeued)), storage);
  EXPECT_EQ(wait_for(start({}, task)), storage);

  EXPECT_THAT(numbered_folders(experiment.trials()), testing::ElementsAre(8));
}

TEST_F(Attempt, AMetricToldAfterTheFolderWasRemovedMakesNothing) {
  prepare(
      "rm -r \"$STUNE_TRIAL_DIR\"; stune metric loss=1 2>&1; [ ! -e \"$STUNE_TRIAL_DIR\" ] && mkdir -p "
      "\"$STUNE_ATTEMPT_DIR\"");

  EXPECT_EQ(run(), 0);

  EXPECT_FALSE(std::filesystem::exists(attempt.records()));
}

TEST_F(Attempt, ATaskThatCannotBeReadIsOnRecord) {
  prepare("echo ran");
  std::ofstream(attempt.task()) << "{\"trial\": ";

  EXPECT_NE(run(), 0);

  EXPECT_FALSE(record().launched);
  EXPECT_EQ(record().id, (AttemptId{7, 0}));
  EXPECT_THAT(record().error, HasSubstr("task.json"));
}

struct Unlaunchable {
  const char* name;
  const char* content;  ///< of the file `program`; null: there is none
  mode_t mode;
  int code;
  const char* message;
};

class Launch : public AttemptFixture, public testing::WithParamInterface<Unlaunchable> {};

TEST_P(Launch, ThatFailsSaysWhy) {
  const std::string program = (temporary / "program").string();
  if (GetParam().content != nullptr) {
    std::ofstream(program) << GetParam().content;
    ::chmod(program.c_str(), GetParam().mode);
  }
  prepare("", {}, [&](Task& task) { task.arguments = {program}; });

  const int code = run();

  EXPECT_EQ(code, GetParam().code);
  EXPECT_FALSE(record().launched);
  EXPECT_THAT(record().error, AllOf(HasSubstr("program"), HasSubstr(GetParam().message)));
  EXPECT_EQ(ending_of(record()).cause, Cause::launch_failure);
}

INSTANTIATE_TEST_SUITE_P(
    All, Launch,
    testing::Values(Unlaunchable{"Missing", nullptr, 0, 127, "no file"},
                    Unlaunchable{"NotExecutable", "#!/bin/sh\n", 0600, 126, "chmod +x"},
                    Unlaunchable{"NoInterpreter", "#!/no/such/python3\n", 0700, 127, "/no/such/python3"},
                    Unlaunchable{"DosLineEnds", "#!/bin/sh\r\necho\r\n", 0700, 127, "carriage return"},
                    Unlaunchable{"NoProgram", "just text\n", 0700, 126, "neither a program"}),
    [](const auto& parameter) { return parameter.param.name; });

TEST_F(Attempt, ACommandThatIsNotInThePathIsNamed) {
  prepare("", {}, [](Task& task) { task.arguments = {"no-such-command"}; });

  EXPECT_EQ(run(), 127);

  EXPECT_THAT(record().error, HasSubstr("'no-such-command' is not found in PATH"));
}

TEST_F(Attempt, AMissingWorkingDirectoryIsNamed) {
  prepare("echo ran", {}, [](Task& task) { task.working_directory = "/no/such/folder"; });

  EXPECT_NE(run(), 0);

  EXPECT_THAT(record().error, HasSubstr("/no/such/folder"));
}

}  // namespace
}  // namespace stune
