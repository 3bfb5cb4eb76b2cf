#include "client/make_runner.hpp"

#include <gtest/gtest.h>

#include "stune/local_runner.hpp"
#include "tests/support/fake_runner.hpp"

namespace stune {
namespace {

const Command command{.arguments = {"/bin/true"}};

TEST(DescribeRunner, TellsWhatIsNeededToMakeASlurmRunnerAgain) {
  const SlurmOptions given{.sbatch_options = {"--partition=gpu", "--comment=\"a\\b\"\n"},
                           .poll_start = Seconds{30},
                           .poll_growth = 2,
                           .poll_cap = Seconds{90},
                           .submit_rate = 0.5};

  const RunOptions told = describe_runner(SlurmRunner(given), command, {});
  const SlurmOptions again = slurm_options(told);

  EXPECT_EQ(told.runner, "slurm");
  EXPECT_EQ(again.sbatch_options, given.sbatch_options);
  EXPECT_EQ(again.poll_start, given.poll_start);
  EXPECT_EQ(again.poll_growth, given.poll_growth);
  EXPECT_EQ(again.poll_cap, given.poll_cap);
  EXPECT_EQ(again.submit_rate, given.submit_rate);
}

TEST(DescribeRunner, LeavesToTheirProgramWhatOnlyThatCanRun) {
  FakeCluster cluster;

  EXPECT_EQ(describe_runner(FakeRunner(cluster), command, {}).runner, "custom");
  EXPECT_EQ(describe_runner(LocalRunner(), {}, {}).runner, "custom");
}

}  // namespace
}  // namespace stune
