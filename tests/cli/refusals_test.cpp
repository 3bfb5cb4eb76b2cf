// Bad input gets a message that names the place, what was found and what is valid, exit code 2 or 3, and changes
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "tests/cli/program.hpp"

namespace stune::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct BadInput {
  std::string name;
  std::string script;  ///< content of train.sh; empty: none
  std::vector<std::string> arguments;
  int code = 2;
  std::vector<std::string> parts;  ///< of the message
};

void PrintTo(const BadInput& input, std::ostream* out) { *out << input.name; }

const std::string good = "#STUNE --param 'x = float(0, 1)' --minimize loss --trials 3 --runner local\n";

std::string script(const std::string& lines) { return "#!/bin/sh\n" + lines + "true\n"; }

std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.begin(), {"run", "train.sh"});
  return more;
}

std::vector<BadInput> bad_inputs() {
  const std::vector<std::string> run = {"run", "train.sh"};
  return {
      {"NoCommand", "", {}, 2, {"no command", "--help"}},
      {"MisspeltCommand", "", {"satus"}, 2, {"satus", "did you mean", "status"}},
      {"MisspeltOption", script(good), with({"--trails", "5"}), 2, {"--trails", "did you mean", "--trials"}},
      {"OptionWithoutValue", script(good), with({"--trials"}), 2, {"--trials"}},
      {"OneWordTooMany", script(good), with({"other.sh"}), 2, {"other.sh", "too many"}},
      {"TrialsAreNoNumber", script(good), with({"--trials", "many"}), 2, {"--trials", "many", "whole number"}},
      {"TrialsAreNegative", script(good), with({"--trials", "-3"}), 2, {"--trials", "-3", "at least 1"}},
      {"RateAboveOne",
       script(good),
       with({"--tolerated-failure-rate", "2"}),
       2,
       {"--tolerated-failure-rate", "from 0 to 1"}},
      {"TimeLimit", script(good), with({"--trial-time-limit", "5 min"}), 2, {"--trial-time-limit", "5 min", "5m"}},
      {"Runner", script(good), with({"--runner", "slrum"}), 2, {"slrum", "did you mean", "slurm"}},
      {"RunnerMpi", script(good), with({"--runner", "mpi"}), 2,
       std::filesystem::exists(std::filesystem::path(STUNE_PROGRAM).replace_filename("stune-mpi"))
           ? std::vector<std::string>{"mpirun -n 9 stune run train.sh --runner mpi", "local"}
           : std::vector<std::string>{"built without MPI; say --runner local or slurm"}},
      {"Method", script(good), with({"--method", "quick"}), 2, {"quick", "fast", "random", "sobol"}},
      {"Name", script(good), with({"--name", "a/b"}), 2, {"--name", "a/b", "letters"}},
      {"NothingToRun", "", {"run", "--trials", "5"}, 2, {"nothing to run", "--"}},
      {"ScriptAndCommand", script(good), with({"--", "true"}), 2, {"both a script"}},
      {"NoSuchScript", "", run, 3, {"train.sh", "no such file"}},
      {"ScriptIsAFolder", "", {"run", "."}, 3, {"folder"}},
      {"NoInterpreter", "echo hi\n", run, 3, {"train.sh:1", "echo hi", "#!"}},
      {"DosLineEnds", "#!/bin/sh\r\n" + good + "true\r\n", run, 3, {"train.sh:1", "DOS", "sed -i 's/\\r$//'"}},
      {"LateLine", script(good) + "#STUNE --parallel 3\n", run, 3, {"train.sh:4", "first command", "line 3"}},
      {"UnclosedQuote", script("#STUNE --name 'x\n"), run, 3, {"train.sh:2", "not closed"}},
      {"MisspeltScriptOption",
       script(good + "#STUNE --paralel 3\n"),
       run,
       3,
       {"train.sh:3", "--paralel", "--parallel"}},
      {"ScriptTrials", script(good + "#STUNE --trials 0\n"), run, 3, {"train.sh:3", "--trials", "at least 1"}},
      {"DryRunInScript", script(good + "#STUNE --dry-run\n"), run, 3, {"train.sh:3", "--dry-run", "command line"}},
      {"ParameterKind", script("#STUNE --param 'x = flot(0, 1)'\n"), run, 3, {"train.sh:2", "flot", "float"}},
      {"BoundsTheWrongWay", script("#STUNE --param 'x = float(1, 0)'\n"), run, 3, {"train.sh:2", "x", "lower"}},
      {"EqualBounds", script("#STUNE --param 'x = int(2, 2)'\n"), run, 3, {"train.sh:2", "x", "2"}},
      {"LogOfZero", script("#STUNE --param 'x = log(0, 1)'\n"), run, 3, {"train.sh:2", "x", "above 0"}},
      {"EmptyChoice", script("#STUNE --param 'x = choice()'\n"), run, 3, {"train.sh:2", "x"}},
      {"RepeatedChoice", script("#STUNE --param 'x = choice(a, a)'\n"), run, 3, {"train.sh:2", "x", "a"}},
      {"ReservedName", script("#STUNE --param 'METRICS = float(0, 1)'\n"), run, 3, {"train.sh:2", "METRICS"}},
      {"NoName", script("#STUNE --param '1x = float(0, 1)'\n"), run, 3, {"train.sh:2", "1x"}},
      {"NamesThatFallTogether",
       script("#STUNE --param 'a.b = float(0, 1)'\n#STUNE --param 'a_b = float(0, 1)' --minimize loss --trials 3\n"),
       run,
       3,
       {"a.b", "a_b"}},
      {"ParameterTwice", script(good + "#STUNE --param 'x = bool'\n"), run, 3, {"train.sh:3", "x", "train.sh:2"}},
      {"TwoObjectives",
       script(good + "#STUNE --maximize speed\n"),
       run,
       3,
       {"train.sh:3", "loss", "speed", "not supported yet"}},
      {"NoObjective", script("#STUNE --param 'x = float(0, 1)' --trials 3\n"), run, 3, {"no objective", "--minimize"}},
      {"NoParameter", script("#STUNE --minimize loss --trials 3\n"), run, 3, {"no parameter", "--param"}},
      {"NoTrials", script("#STUNE --param 'x = float(0, 1)' --minimize loss\n"), run, 3, {"--trials"}},
      {"Workdir", script(good), with({"--workdir", "nowhere"}), 3, {"--workdir", "nowhere"}},
      {"Placeholder",
       "",
       {"run", "--param", "x = float(0, 1)", "--minimize", "loss", "--trials", "3", "--", "echo", "{y}"},
       3,
       {"{y}", "x"}},
      {"SbatchPlaceholder",
       script(good),
       with({"--runner", "slurm", "--sbatch", "--mem={y}"}),
       3,
       {"options for sbatch", "{y}", "{x}"}},
      {"SbatchArray",
       script(good),
       with({"--runner", "slurm", "--sbatch", "--array=0-3"}),
       3,
       {"--array=0-3", "--trials"}},
      {"Program",
       "",
       {"run", "--param", "x = float(0, 1)", "--minimize", "loss", "--trials", "3", "--", "pyhton3"},
       3,
       {"pyhton3", "PATH"}},
      {"FolderOfSomethingElse", script(good), with({"--folder", "."}), 3, {"no experiment", "--folder"}},
      {"NoExperiment", "", {"status", "nothing"}, 3, {"nothing"}},
      {"NoExperimentHere", "", {"best"}, 3, {"no experiment in this folder"}},
      {"NothingToSet", "", {"set"}, 2, {"nothing to set", "--parallel"}},
      {"CommandWhereNoneBelongs", "", {"status", "--", "true"}, 2, {"--"}},
      {"MetricThatIsNone", "", {"metric", "loss"}, 2, {"loss", "NAME=VALUE"}},
      {"Coordinator", script(good), with({"--coordinator", "foo"}), 2, {"--coordinator", "foo", "here and job"}},
      {"CoordinatorOfLocalTrials", script(good), with({"--coordinator", "job"}), 3, {"--coordinator", "slurm"}},
      {"CoordinatorOptions",
       script(good),
       with({"--runner", "slurm", "--coordinator", "job", "--coordinator-sbatch", "--array=3"}),
       3,
       {"--coordinator-sbatch", "--array=3"}},
      {"MoreMemoryThanNone",
       script(good),
       with({"--runner", "slurm", "--on-oom", "retry"}),
       3,
       {"--on-oom retry", "--mem"}},
      {"MoreTimeThanNone",
       script(good),
       with({"--runner", "slurm", "--on-timeout", "retry"}),
       3,
       {"--on-timeout retry", "--time"}},
      {"OutcomeConstraint",
       script(good + "#STUNE --constraint 'extra <= 16'\n"),
       run,
       3,
       {"train.sh:3: --constraint", "extra <= 16", "outcome constraints are not supported yet"}},
      {"ParameterConstraint",
       script(good),
       with({"--constraint", "2 * x <= 1.5"}),
       3,
       {"--constraint", "constraints on parameters are not supported yet"}},
      {"ConstraintThatIsNone", script(good), with({"--constraint", "x < 1"}), 3, {"cannot read", "x < 1"}},
      {"Baseline", script(good), with({"--baseline", "x=0.5"}), 3, {"--baseline", "not supported yet", "default="}},
  };
}

class Refusal : public testing::TestWithParam<BadInput> {};

TEST_P(Refusal, NamesThePlaceAndChangesNothing) {
  const Shell shell;
  if (!GetParam().script.empty()) shell.write("train.sh", GetParam().script);
  const auto before = shell.listing();

  const Outcome outcome = shell.stune(GetParam().arguments);

  EXPECT_EQ(outcome.code, GetParam().code) << outcome.error;
  EXPECT_THAT(outcome.error, StartsWith("stune: "));
  for (const std::string& part : GetParam().parts) EXPECT_THAT(outcome.error, HasSubstr(part));
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(shell.listing(), before);
}

INSTANTIATE_TEST_SUITE_P(Of, Refusal, testing::ValuesIn(bad_inputs()), [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace stune::cli
