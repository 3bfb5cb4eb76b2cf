#include "trial/task.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "base/file.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/folder.hpp"

namespace stune {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Parameterization parameters{
    {"lr", 0.001}, {"layers", std::int64_t{3}}, {"model.kind", std::string("a {lr} b")}, {"fast", true}};

std::string fill(const std::string& text) { return fill_placeholders(text, {7, 1}, parameters); }

TEST(Placeholders, StandForValues) {
  EXPECT_EQ(fill("--lr={lr}"), "--lr=0.001");
  EXPECT_EQ(fill("{layers}{fast}"), "3true");
  EXPECT_EQ(fill("out-{trial}.{attempt}.h5"), "out-7.1.h5");
}

TEST(Placeholders, InValuesAreData) { EXPECT_EQ(fill("{model.kind}"), "a {lr} b"); }

TEST(Placeholders, LeaveOtherBracesAlone) {
  for (const std::string text : {"{}", "{", "}", "{ lr }", "{1}", "awk '{print $1}'", "{\"a\": 1}", "${lr}", "{a,b}"}) {
    EXPECT_EQ(fill(text), text);
  }
  EXPECT_EQ(fill("{{lr}}"), "{lr}");
}

TEST(Placeholders, OfNoParameterAreRefusedNamingTheKnownOnes) {
  try {
    fill("{lrr}");
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.what(), testing::AllOf(HasSubstr("{lrr}"), HasSubstr("{lr}"), HasSubstr("{model.kind}")));
  }
}

struct Tasks : testing::Test {
  Tasks() {
    workplace.folder = folder.path();
    workplace.command.script = folder / "script.sh";
    workplace.command.arguments = {"{lr}", "\xFF\n"};
    workplace.metric_files = {"out.h5", "/scratch/{trial}.h5"};
    workplace.trial_time_limit = Seconds(90);
  }
  Task make() const { return make_task(workplace, "token", {{7, 1}, parameters, 0, {}, {}}, true); }

  TemporaryFolder folder;
  Workplace workplace;
};

TEST_F(Tasks, SayWhatTheTrialSees) {
  const Task task = make();

  EXPECT_THAT(task.arguments, ElementsAre((folder / "script.sh").string(), "0.001", "\xFF\n"));
  EXPECT_EQ(task.working_directory, folder / "trials/000007");
  EXPECT_THAT(task.metric_files, ElementsAre(folder / "trials/000007/out.h5", "/scratch/7.h5"));
  EXPECT_EQ(task.done_marker, folder / "done/000007.1");
  EXPECT_EQ(task.environment.at("STUNE_lr"), "0.001");
  EXPECT_EQ(task.environment.at("STUNE_model_kind"), "a {lr} b");
  EXPECT_EQ(task.environment.at("STUNE_fast"), "true");
  EXPECT_EQ(task.environment.at("STUNE_TRIAL"), "7");
  EXPECT_EQ(task.environment.at("STUNE_ATTEMPT_DIR"), (folder / "trials/000007/attempt-1").string());
}

TEST_F(Tasks, AreReadAsTheyWereWritten) {
  Task task = make();
  task.cpus = {0, 3};
  task.environment["STUNE_x"] = "\x80";

  const AttemptFolder attempt = ExperimentFolder(folder.path()).attempt({7, 1});
  write_task(attempt, task);
  write_task(attempt, task);

  const Task read = read_task(attempt.task());
  EXPECT_EQ(read.id, task.id);
  EXPECT_EQ(read.token, task.token);
  EXPECT_EQ(read.parameters, parameters);
  EXPECT_EQ(read.arguments, task.arguments);
  EXPECT_EQ(read.working_directory, task.working_directory);
  EXPECT_EQ(read.environment, task.environment);
  EXPECT_EQ(read.done_marker, task.done_marker);
  EXPECT_EQ(read.metric_files, task.metric_files);
  EXPECT_EQ(read.time_limit, task.time_limit);
  EXPECT_EQ(read.cpus, task.cpus);
}

TEST_F(Tasks, LeaveTheParametersAsJson) {
  const AttemptFolder attempt = ExperimentFolder(folder.path()).attempt({7, 1});
  create_folders(attempt.path());

  write_parameters(attempt, parameters);

  EXPECT_EQ(read_file(attempt.parameters()),
            "{\n  \"lr\": 0.001,\n  \"layers\": 3,\n  \"model.kind\": \"a {lr} b\",\n  \"fast\": true\n}\n");
}

TEST(Markers, AreReadBack) {
  const TemporaryFolder temporary;
  const ExperimentFolder folder(temporary.path());
  create_folders(folder.done());
  for (const AttemptId id : {AttemptId{1234567, 0}, AttemptId{3, 12}}) std::ofstream{folder.done_marker(id)};
  for (const char* other : {"x", "3", "000003.", "000003.-1", ".000003.0.tmp"}) std::ofstream{folder.done() / other};

  EXPECT_THAT(finished_attempts(folder), ElementsAre(AttemptId{3, 12}, AttemptId{1234567, 0}));
  EXPECT_TRUE(finished_attempts(ExperimentFolder("/no/such/folder")).empty());
}

}  // namespace
}  // namespace stune
