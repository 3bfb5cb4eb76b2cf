#include "runners/slurm_script.hpp"

#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>

#include "base/random.hpp"
#include "stune/error.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"

namespace stune::slurm {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

UserOptions sorted(const std::string& script, const std::vector<std::string>& command_line = {}) {
  return sort_options(script_words(script, "train.sh"), typed_words({}, command_line));
}

JobPlan plan() {
  JobPlan plan;
  plan.token = "abc-7";
  plan.experiment = "train";
  plan.submission_folder = "/scratch/train.stune/submissions/000003";
  plan.node_program = "/scratch/train.stune/bin/stune";
  plan.working_directory = "/scratch";
  plan.attempts = {"/scratch/train.stune/trials/000007/attempt-0"};
  return plan;
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

TEST(SbatchOptions, LinesOfTheScriptAreReadUpToTheFirstCommand) {
  const auto words = script_words(
      "#!/bin/bash\n"
      "#SBATCH --gres=gpu:1 --time=00:30:00 # half an hour\n"
      "# a comment\n"
      "\n"
      "#SBATCH -n 4\n"
      "echo\n"
      "#SBATCH --mem=1G\n",
      "train.sh");

  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words[0].text, "--gres=gpu:1");
  EXPECT_EQ(words[1].text, "--time=00:30:00");
  EXPECT_EQ(words[2].text, "-n");
  EXPECT_EQ(words[3].text, "4");
  EXPECT_EQ(words[3].place, "train.sh:5");
}

TEST(SbatchOptions, WordsAreSplitAsSbatchDoesAndQuotedBack) {
  EXPECT_THAT(split_words(R"( --comment="a b" --x='c "d"' e\ f "" )"),
              ElementsAre("--comment=a b", R"(--x=c "d")", "e f", ""));
  for (const std::string word : {"plain", "", "a b", R"(it's "so" \ far)", "#x", "--comment=a#b"}) {
    EXPECT_THAT(split_words(quote_word(word)), ElementsAre(word));
  }
}

TEST(SbatchOptions, OursWinWhereStuneCouldNotWorkOtherwiseAndThatIsSaid) {
  const UserOptions options =
      sorted("#SBATCH -J mine --output=x.log -e y.log --mem=1G\n#SBATCH --job-name other -n4\n");

  EXPECT_THAT(options.from_script, ElementsAre("--mem=1G", "-n4"));
  EXPECT_EQ(options.notes.size(), 4U);
  EXPECT_THAT(options.notes[1], HasSubstr("train.sh:1: --output=x.log is ignored"));
}

TEST(SbatchOptions, TheUsersChdirExportCommentAndRequeueWin) {
  const UserOptions options =
      sorted("#SBATCH --requeue --chdir=/data --export=NONE\n", {"--comment='my own' -D /elsewhere"});

  EXPECT_TRUE(options.requeue);
  EXPECT_TRUE(options.has_export);
  EXPECT_TRUE(options.has_comment);
  EXPECT_EQ(options.chdir, "/elsewhere");
  EXPECT_THAT(options.from_script, ElementsAre("--export=NONE"));
  EXPECT_THAT(options.from_command_line, ElementsAre("--comment=my own"));
  EXPECT_FALSE(sorted("#SBATCH --requeue\n", {"--no-requeue"}).requeue);
}

TEST(SbatchOptions, WhatCannotWorkIsRefusedWithPlaceAndReason) {
  for (const char* option :
       {"--array=0-9", "-a 0-9", "-a0-9", "--arra=1", "--wait", "-W", "--test-only", "--wrap=ls", "-M a,b",
        "--clusters=all", "hetjob", "packjob", "--help", "-V", "--arr=1", "-HW", "-Qa0-9", "-M{cluster}"}) {
    EXPECT_THROW(sorted(std::string("#SBATCH ") + option + "\n"), ConfigError) << option;
    EXPECT_THROW(sorted("", {option}), ConfigError) << option;
  }
  try {
    sorted("#!/bin/sh\n#SBATCH --array=0-9\n");
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("train.sh:2: --array=0-9 cannot be used"));
  }
}

TEST(SbatchOptions, OptionsThatLookSimilarArePassedOn) {
  const UserOptions options = sorted("#SBATCH --wait-all-nodes=1 --account=a -A a --mail-type=END\n");

  EXPECT_EQ(options.from_script.size(), 5U);
}

TEST(SbatchOptions, WordsWithBlanksOfEveryKindAreReadBack) {
  for (const char* word : {"`\n\n", "a\vb", "\r", "a\fb", " ", ""}) {
    EXPECT_THAT(split_words(quote_word(word)), ElementsAre(word));
  }
}

TEST(SbatchOptions, ShortOptionsInOneWordAreSeveral) {
  EXPECT_THAT(sorted("#SBATCH -HQn4 -sO\n").from_script, ElementsAre("-H", "-n4", "-s", "-O"));
}

TEST(JobScript, CarriesTheUsersOptionsAndEndsInExec) {
  JobPlan job = plan();
  job.script_options = {"--gres=gpu:1", "-n", "4", "--comment=a b"};

  const std::string script = make_script(job);

  EXPECT_THAT(script,
              testing::StartsWith("#!/bin/sh\n#SBATCH --gres=gpu:1\n#SBATCH -n 4\n#SBATCH \"--comment=a b\"\n"));
  EXPECT_THAT(script, testing::EndsWith("exec \"$program\" attempt \"$attempt\"\n"));
  EXPECT_THAT(script, Not(HasSubstr("@")));
}

TEST(JobScript, AValueWithALineEndIsNoCommand) {
  JobPlan job = plan();
  job.script_options = {"--comment=a\ntouch /tmp/owned", "-n", "4"};

  EXPECT_THAT(make_script(job),
              testing::StartsWith("#!/bin/sh\n#SBATCH \"--comment=a touch /tmp/owned\"\n#SBATCH -n 4\n"));
}

TEST(JobScript, HandsTheAttemptOverWhateverThePathHolds) {
  const std::string folder = testing::TempDir() + random_name(8) + " job script's $(echo x) \"folder\" @attempt@ %j";
  std::filesystem::create_directories(folder);
  const std::string program = folder + "/stune";
  std::ofstream(program) << "#!/bin/sh\nprintf '%s|' \"$@\"\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  std::ofstream(folder + "/task.json") << "{}";
  JobPlan job = plan();
  job.node_program = program;
  job.attempts = {folder};
  std::ofstream(testing::TempDir() + "job.sh") << make_script(job);

  const std::string output = output_of("sh " + testing::TempDir() + "job.sh");

  EXPECT_EQ(output, "attempt|" + folder + "|");
}

TEST(JobScript, AttemptsOfAnArrayAreFoundByTheirIndex) {
  const std::string folder = testing::TempDir() + random_name(8) + "-array";
  std::filesystem::create_directories(folder);
  JobPlan job = plan();
  job.node_program = "/bin/echo";
  job.attempts.clear();
  for (const char* name : {"a", "b", "c"}) {
    std::filesystem::create_directories(folder + "/" + name);
    job.attempts.push_back(folder + "/" + name);
    std::ofstream(folder + "/" + name + "/task.json") << "{}";
  }
  std::ofstream(folder + "/job.sh") << make_script(job);
  const std::string run = "sh " + folder + "/job.sh 2>&1; echo $?";

  EXPECT_EQ(output_of("SLURM_ARRAY_TASK_ID=1 " + run), "attempt " + folder + "/b\n0\n");
  EXPECT_THAT(output_of("SLURM_ARRAY_TASK_ID=7 " + run), HasSubstr("no trial with the index '7'\n126\n"));
  EXPECT_THAT(sbatch_arguments(job, "job.sh"), Contains("--array=0-2"));
  EXPECT_THAT(sbatch_arguments(job, "job.sh"), Contains(testing::EndsWith("/slurm-%A_%a.log")));
}

TEST(JobScript, SaysWhatIsWrongWhereTheNodeCannotRunIt) {
  JobPlan job = plan();
  std::ofstream(testing::TempDir() + "blind.sh") << make_script(job);

  const std::string output = output_of("sh " + testing::TempDir() + "blind.sh 2>&1; echo $?");

  EXPECT_THAT(output, HasSubstr("cannot read /scratch/train.stune/trials/000007/attempt-0/task.json"));
  EXPECT_THAT(output, testing::EndsWith("126\n"));
}

TEST(JobScript, AStrayStartOfARemovedTrialMakesNothing) {
  const std::string folder = testing::TempDir() + random_name(8) + "-stray";
  std::filesystem::create_directories(folder + "/trials");
  JobPlan job = plan();
  job.node_program = "/bin/echo";
  job.attempts = {folder + "/trials/000007/attempt-0"};
  std::ofstream(folder + "/job.sh") << make_script(job);

  const std::string output = output_of("sh " + folder + "/job.sh 2>&1; echo $?");

  EXPECT_THAT(output, testing::EndsWith("126\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder + "/trials"));
}

TEST(SbatchCall, ArgumentsSayEverythingThatDefaultsOfASiteCouldChange) {
  JobPlan job = plan();
  job.command_line_options = {"--time=5", "--no-kill"};
  job.submission_folder = "/scratch/100%/s";

  const auto arguments = sbatch_arguments(job, "/scratch/job.sh");

  EXPECT_THAT(arguments, ElementsAre("--export=ALL", "--comment=stune train", "--time=5", "--no-kill", "--parsable",
                                     "--job-name=abc-7", "--output=/scratch/100%%/s/slurm-%j.log",
                                     "--error=/scratch/100%%/s/slurm-%j.log", "--open-mode=append", "--no-requeue",
                                     "--chdir=/scratch", "/scratch/job.sh"));
}

TEST(SbatchCall, WhatTheUserSaysOfExportCommentAndRequeueIsKept) {
  JobPlan job = plan();
  job.has_export = job.has_comment = job.requeue = true;

  const auto arguments = sbatch_arguments(job, "job.sh");

  EXPECT_THAT(arguments, Not(Contains("--export=ALL")));
  EXPECT_THAT(arguments, Not(Contains(testing::StartsWith("--comment"))));
  EXPECT_THAT(arguments, Contains("--requeue"));
}

TEST(SbatchCall, NamesForPeopleCannotBreakTheOutputOfSlurm) {
  JobPlan job = plan();
  job.experiment = "a|b\nc";

  EXPECT_THAT(sbatch_arguments(job, "job.sh"), Contains("--comment=stune a b c"));
}

TEST(SlurmEnvironment, JobsGetTheSavedOneWithoutWhatBelongsToAnotherJobOrNode) {
  const Environment saved{{"HOME", "/home/u"},      {"SLURM_JOB_ID", "1"},  {"TMPDIR", "/tmp/x"},
                          {"SBATCH_ACCOUNT", "a"},  {"PMIX_RANK", "0"},     {"OMPI_COMM_WORLD_RANK", "0"},
                          {"PMI_RANK", "0"},        {"PMINE", "kept"},      {"CUDA_VISIBLE_DEVICES", "0"},
                          {"SLURM_CONF", "/saved"}, {"awkward", "a\nb 'c'"}};

  EXPECT_EQ(job_environment(saved, {{"SLURM_CONF", "/etc/s"}, {"HOME", "/root"}}),
            (Environment{{"HOME", "/home/u"}, {"PMINE", "kept"}, {"SLURM_CONF", "/etc/s"}, {"awkward", "a\nb 'c'"}}));
}

TEST(SlurmEnvironment, QueriesSeeNothingThatChangesAnswers) {
  const Environment current{{"PATH", "/bin"},        {"SQUEUE_STATES", "R"}, {"SLURM_CONF", "/etc/s"},
                            {"SLURM_CLUSTERS", "x"}, {"SACCT_FORMAT", "x"},  {"SLURM_TIME_FORMAT", "relative"},
                            {"LC_ALL", "de_DE"}};

  EXPECT_EQ(query_environment(current), (Environment{{"PATH", "/bin"},
                                                     {"SLURM_CONF", "/etc/s"},
                                                     {"LC_ALL", "C"},
                                                     {"SLURM_BITSTR_LEN", "0"},
                                                     {"SLURM_TIME_FORMAT", "standard"}}));
}

TEST(JobScript, WhereTheNodeProgramCannotRunItLeavesTheRecordOfAFailedLaunch) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("job " + random_name(6));
  const ExperimentFolder experiment(folder);
  const AttemptFolder attempt = experiment.attempt({18, 2});
  std::filesystem::create_directories(attempt.path());
  std::filesystem::create_directories(experiment.done());
  std::ofstream(attempt.task()) << "{}";
  JobPlan job = plan();
  job.attempts = {attempt.path()};
  job.node_program = folder / "nothing";
  std::ofstream(folder / "job.sh") << make_script(job);
  const std::string run =
      "SLURM_CLUSTER_NAME=c SLURM_JOB_ID=4711 sh '" + (folder / "job.sh").string() + "' 2>&1; echo $?";

  EXPECT_THAT(output_of(run), testing::EndsWith("\n126\n"));

  const auto start = last_start(attempt);
  ASSERT_TRUE(start);
  EXPECT_EQ(start->by.job, "c:4711");
  const auto record = read_exit_record(attempt.exit_record(0));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->id, (AttemptId{18, 2}));
  EXPECT_EQ(ending_of(*record).cause, Cause::launch_failure);
  EXPECT_THAT(finished_attempts(experiment), ElementsAre(AttemptId{18, 2}));
  EXPECT_THAT(output_of("ls '" + attempt.path().string() + "'"), "claim.0\nexit.0.json\ntask.json\n");
  std::filesystem::remove_all(folder);
}

TEST(JobScript, WhatSomebodyElseHasStartedOrFencedItLeavesAlone) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("job-" + random_name(6));
  const AttemptFolder attempt = ExperimentFolder(folder).attempt({0, 0});
  ASSERT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));
  std::ofstream(attempt.task()) << "{}";
  JobPlan job = plan();
  job.attempts = {attempt.path()};
  job.node_program = folder / "nothing";
  std::ofstream(folder / "job.sh") << make_script(job);

  output_of("SLURM_JOB_ID=4711 sh '" + (folder / "job.sh").string() + "' 2>&1");

  EXPECT_THAT(output_of("ls '" + attempt.path().string() + "'"), "claim.0\ntask.json\n");
  EXPECT_FALSE(last_start(attempt));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace stune::slurm
