#include "trial/cgroup.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace stune::trial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Cgroup, VersionTwoCountsUpToTheBatchJob) {
  const auto counters = oom_counters("0::/system.slice/slurmstepd.scope/job_7/step_batch/user\n");

  EXPECT_THAT(counters, testing::IsSupersetOf({
                            "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_batch/user/memory.events",
                            "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/step_batch/memory.events",
                            "/sys/fs/cgroup/system.slice/slurmstepd.scope/job_7/memory.events",
                        }));
  EXPECT_EQ(counters.size(), 6U);  // the same again below unified/
}

TEST(Cgroup, WithoutABatchJobOnlyOurOwnGroupCounts) {
  EXPECT_THAT(oom_counters("4:cpu,memory:/user.slice/x\n3:cpuset:/y\n"),
              ElementsAre("/sys/fs/cgroup/memory/user.slice/x/memory.oom_control"));
}

TEST(Cgroup, NonsenseCountsNothing) {
  EXPECT_THAT(oom_counters(""), IsEmpty());
  EXPECT_THAT(oom_counters("nonsense\n:\n"), IsEmpty());
  EXPECT_EQ(count_oom_kills({"/no/such/file"}), 0);
}

TEST(Cgroup, ReadsBothVersionsOfTheCounter) {
  const TemporaryFolder folder;
  std::ofstream(folder / "memory.events") << "low 0\noom 7\noom_kill 2\n";
  std::ofstream(folder / "memory.oom_control") << "oom_kill_disable 1\nunder_oom 0\noom_kill 5\n";

  EXPECT_EQ(count_oom_kills({folder / "memory.events"}), 2);
  EXPECT_EQ(count_oom_kills({folder / "memory.events", folder / "memory.oom_control"}), 5);
}

}  // namespace
}  // namespace stune::trial
