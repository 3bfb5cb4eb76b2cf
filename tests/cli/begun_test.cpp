// What is asked of an experiment that has begun: refused before anything changes, or done and said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.hpp"

namespace stune::cli {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

const std::string two_trials =
    "#STUNE --param 'x = float(0, 1)' --minimize loss --trials 2 --parallel 2 --runner local --seed 1\n";

class BegunExperiment : public testing::Test {
 protected:
  BegunExperiment() {
    shell.write("train.sh", parabola(two_trials));
    EXPECT_EQ(shell.stune({"run", "train.sh"}).code, 0);
  }
  json status() const { return json::parse(shell.stune({"status", "train", "--json"}).output); }

  /// As if another machine had begun to run it: nobody here can tell whether that one lives.
  void lock_elsewhere() const {
    shell.write("train.stune/lock",
                R"({"counter":"000000000007","nonce":"n","host":"login1","pid":4711,"start_ticks":1,)"
                R"("boot_id":"b","pid_namespace":"p"})"
                "\n");
  }

  Shell shell;
};

struct Refused {
  std::vector<std::string> arguments;
  int code;
  std::vector<std::string> parts;
};

TEST_F(BegunExperiment, MistakesChangeNothing) {
  shell.write("other.sh", parabola(two_trials) + "true\n");
  const auto before = shell.listing();
  const std::vector<Refused> calls = {
      {{"resume", "train", "--sbatch", "--array=0-3"}, 3, {"--array=0-3", "--trials"}},
      {{"resume", "train", "--runner", "slurm", "--sbatch", "--mem={y}"}, 3, {"{y}", "{x}"}},
      {{"resume", "train", "--runner", "slurm", "--on-oom", "retry"}, 3, {"--on-oom", "--mem"}},
      {{"resume", "train", "--runner", "slurm", "--on-timeout", "retry"}, 3, {"--on-timeout", "--time"}},
      {{"resume", "train", "--coordinator", "there"}, 2, {"--coordinator", "here"}},
      {{"resume", "train", "--coordinator", "job", "--trials", "9"}, 3, {"--coordinator", "--runner slurm"}},
      {{"set", "train", "--sbatch", "--array=0-3"}, 3, {"--array=0-3"}},
      {{"set", "train", "--sbatch", "--mem={y}"}, 3, {"{y}"}},
      {{"run", "train.sh", "--coordinator", "job", "--trials", "9"}, 3, {"--coordinator", "--runner slurm"}},
      {{"run", "train.sh", "--runner", "slurm", "--on-oom", "retry"}, 3, {"--on-oom", "--mem"}},
      {{"run", "train.sh", "--minimize", "cost"}, 3, {"objective"}},
      {{"run", "train.sh", "--metric", "loss = out.h5:/loss"}, 3, {"other metrics"}},
      {{"run", "train.sh", "--seed", "7"}, 3, {"seed 1"}},
      {{"run", "train.sh", "--method", "sobol"}, 3, {"method fast"}},
      {{"run", "train.sh", "--initial", "3"}, 3, {"--initial"}},
      {{"run", "train.sh", "--name", "b", "--folder", "train.stune"}, 3, {"the name train"}},
      {{"run", "train.sh", "--param", "x = float(0, 2)", "--dry-run"}, 3, {"search space"}},
      {{"run", "other.sh", "--folder", "train.stune"}, 3, {"another script", "other.sh", "--name"}},
      {{"run", "--name", "train", "--param", "x = float(0, 1)", "--minimize", "loss", "--", "true", "{x}"},
       3,
       {"another command"}}};

  for (const Refused& call : calls) {
    const Outcome outcome = shell.stune(call.arguments);
    EXPECT_EQ(outcome.code, call.code) << testing::PrintToString(call.arguments) << outcome.error;
    for (const std::string& part : call.parts) EXPECT_THAT(outcome.error, HasSubstr(part));
    EXPECT_EQ(shell.listing(), before) << testing::PrintToString(call.arguments);
  }
}

TEST_F(BegunExperiment, SaysWhereTrialsGoOnToRun) {
  std::filesystem::create_directory(shell.path("b"));

  const Outcome outcome = shell.stune({"run", "train.sh", "--workdir", "b", "--trials", "3"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("trials go on to run where they did"));
  EXPECT_EQ(status()["trials"]["completed"], 3);
}

TEST_F(BegunExperiment, AnEditedScriptGoesOnWithItsCopyAndSaysSo) {
  shell.write("train.sh", parabola(two_trials) + "exit 1\n");

  const Outcome outcome = shell.stune({"run", "train.sh", "--trials", "3"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("trials go on with the copy"));
}

TEST_F(BegunExperiment, DryRunSaysHowItWouldGoOnAndChangesNothing) {
  const auto before = shell.listing();

  const Outcome outcome = shell.stune({"run", "train.sh", "--trials", "5", "--dry-run"});

  EXPECT_EQ(outcome.code, 0) << outcome.error;
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("It has begun: 2 trials so far, 2 of them completed"),
                                    HasSubstr("5 trials, at most 2 at a time, as processes of this machine"),
                                    HasSubstr("Nothing is polled")));
  EXPECT_EQ(shell.listing(), before);
}

TEST_F(BegunExperiment, IsTakenOverFromAnotherMachineOnlyWhenAsked) {
  lock_elsewhere();

  const Outcome resumed = shell.stune({"resume", "train", "--trials", "3", "--take-over"});
  lock_elsewhere();
  const Outcome set = shell.stune({"set", "train", "--trials", "4", "--take-over"});
  lock_elsewhere();
  const Outcome run = shell.stune({"run", "train.sh", "--trials", "5", "--take-over"});

  EXPECT_EQ(resumed.code, 0) << resumed.error;
  EXPECT_THAT(resumed.error, HasSubstr("taking over from process 4711 on login1 as asked"));
  EXPECT_EQ(set.code, 0) << set.error;
  EXPECT_EQ(run.code, 0) << run.error;
  EXPECT_EQ(status()["trials"]["completed"], 5);
}

TEST_F(BegunExperiment, StatusDoesNotBelieveALockThatDoesNotBeat) {
  lock_elsewhere();
  const json fresh = status();
  std::filesystem::last_write_time(shell.path("train.stune/lock"),
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));

  const json old = status();
  const Outcome text = shell.stune({"status", "train"});

  EXPECT_EQ(fresh["state"], "running");
  EXPECT_EQ(old["state"], "unknown");
  EXPECT_GE(old["owner_silent"].get<double>(), 7200.0);
  EXPECT_THAT(text.output, AllOf(HasSubstr("may be running, by process 4711 on login1"), HasSubstr("no life for 2 h"),
                                 HasSubstr("stune resume train.stune --take-over")));
}

TEST_F(BegunExperiment, AStopThatWasNeverServedDoesNotEndTheNextRun) {
  shell.write("train.stune/requests/00000000000000000001-a.json", R"({"type":"stop","why":"too late"})");

  const Outcome resumed = shell.stune({"resume", "train", "--trials", "3"});

  EXPECT_EQ(resumed.code, 0) << resumed.error;
  EXPECT_THAT(resumed.error, HasSubstr("lifted"));
  EXPECT_EQ(status()["trials"]["completed"], 3);
}

TEST_F(BegunExperiment, ADamagedJournalIsAnErrorOfStorageThatNamesTheLine) {
  std::string journal = *read_file(shell.path("train.stune/journal.jsonl"));
  journal[journal.find("\"trial\"")] = '!';
  shell.write("train.stune/journal.jsonl", journal);

  for (const char* command : {"status", "resume", "stop", "best"}) {
    const Outcome outcome = shell.stune({command, "train"});
    EXPECT_EQ(outcome.code, 5) << command;
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("journal.jsonl"), HasSubstr("line "))) << command;
  }
}

TEST_F(BegunExperiment, AJournalOfANewerVersionIsAnErrorOfStorage) {
  std::string journal = *read_file(shell.path("train.stune/journal.jsonl"));
  const std::string header = R"({"stune":"journal","version":2)";
  char crc[9];
  std::snprintf(crc, sizeof crc, "%08x", crc32(header));
  shell.write("train.stune/journal.jsonl", header + ",\"crc\":\"" + crc + "\"}" + journal.substr(journal.find('\n')));

  const Outcome outcome = shell.stune({"resume", "train"});

  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.error, HasSubstr("newer stune"));
}

TEST_F(BegunExperiment, CommandsThatChangeItAnswerPrograms) {
  const json set = json::parse(shell.stune({"set", "train", "--parallel", "3", "--poll", "30", "--json"}).output);
  const json attached = json::parse(shell.stune({"attach", "train", "x=0.5", "--json"}).output);
  const json told = json::parse(shell.stune({"tell", "train", "2", "loss=-1", "--json"}).output);
  const json stopped = json::parse(shell.stune({"stop", "train", "--json"}).output);

  EXPECT_EQ(set,
            (json{{"name", "train"}, {"owner", nullptr}, {"now", json::array()}, {"next_run", {"parallel", "poll"}}}));
  EXPECT_EQ(attached, (json{{"trial", 2}, {"status", "running"}, {"best", false}, {"owner", nullptr}}));
  EXPECT_EQ(told, (json{{"trial", 2}, {"status", "completed"}, {"best", true}, {"owner", nullptr}}));
  EXPECT_EQ(stopped, (json{{"name", "train"}, {"trial", nullptr}, {"owner", nullptr}}));
}

}  // namespace
}  // namespace stune::cli
