#include "runners/mpi_surroundings.hpp"

#include <gmock/gmock.h>

#include "experiment/search_space.hpp"
#include "stune/error.hpp"

namespace stune::mpi {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RankPlace on(const std::string& host, std::vector<int> cpus, std::vector<std::string> gpus = {}) {
  return {host, {std::move(cpus), std::move(gpus)}, host};
}

const std::vector<int> eight = {0, 1, 2, 3, 4, 5, 6, 7};

TEST(MpiLaunch, WhatStartedThisProcessIsSeenInItsEnvironment) {
  EXPECT_EQ(launch_of({}).launcher, "");
  EXPECT_EQ(launch_of({{"OMPI_COMM_WORLD_SIZE", "9"}}).ranks, 9);
  EXPECT_EQ(launch_of({{"PMI_RANK", "0"}, {"PMI_SIZE", "4"}}).ranks, 4);
  EXPECT_EQ(launch_of({{"PMIX_RANK", "0"}, {"SLURM_STEP_NUM_TASKS", "3"}}).launcher, "srun");
}

TEST(MpiLaunch, SrunWithoutMpiStartsProcessesThatDoNotKnowEachOther) {
  const Launch launch =
      launch_of({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_SRUN_COMM_HOST", "a"}});

  EXPECT_FALSE(launch.speaks_mpi);
  EXPECT_EQ(launch.ranks, 4);
}

TEST(MpiLaunch, ABatchScriptOfManyTasksIsOneProcess) {
  EXPECT_EQ(launch_of({{"SLURM_NTASKS", "9"}, {"SLURM_PROCID", "0"}, {"SLURM_JOB_ID", "7"}}).ranks, 1);
}

TEST(MpiLaunch, WhatLetsTheOthersGoOnIsSaidUnlessItWasDone) {
  const Environment mpirun = {{"OMPI_COMM_WORLD_SIZE", "9"}};
  const Environment srun = {{"PMI_RANK", "0"}, {"SLURM_STEP_NUM_TASKS", "3"}};
  const Environment srun_pmix = {{"PMIX_RANK", "0"}, {"SLURM_STEP_NUM_TASKS", "3"}};
  const auto with = [](Environment environment, const char* name, const char* value) {
    environment[name] = value;
    return environment;
  };

  EXPECT_THAT(advice_for_deaths(mpirun), testing::HasSubstr("mpirun --enable-recovery"));
  EXPECT_EQ(advice_for_deaths(with(mpirun, "OMPI_MCA_orte_enable_recovery", "1")), "");
  EXPECT_EQ(advice_for_deaths(srun), "srun --kill-on-bad-exit=0");
  EXPECT_EQ(advice_for_deaths(with(srun, "SLURM_KILL_BAD_EXIT", "0")), "");
  EXPECT_EQ(advice_for_deaths(srun_pmix), "") << "all end, whatever srun is told";
}

TEST(MpiLaunch, WhatLetsTrialsEndInPeaceIsSaidUnderOpenMpiUnlessItWasDone) {
  Environment mpirun = {{"OMPI_COMM_WORLD_SIZE", "9"}};

  EXPECT_THAT(advice_for_signals(mpirun), testing::HasSubstr("SIGUSR1"));
  EXPECT_EQ(advice_for_signals({{"PMI_RANK", "0"}, {"PMI_SIZE", "9"}}), "") << "MPICH waits";
  mpirun["OMPI_MCA_odls_base_sigkill_timeout"] = "100";
  EXPECT_EQ(advice_for_signals(mpirun), "");
}

TEST(MpiEnvironment, TrialsSeeNothingOfTheLauncher) {
  const Environment saved = {{"HOME", "/h"}, {"OMPI_COMM_WORLD_RANK", "0"}, {"SLURM_JOB_ID", "1"}, {"TMPDIR", "/old"}};
  const Environment own = {{"PMIX_RANK", "2"}, {"SLURM_JOB_ID", "2"}, {"SLURM_PROCID", "2"}, {"TMPDIR", "/node"}};

  EXPECT_EQ(trial_environment(saved, own, false),
            (Environment{{"HOME", "/h"}, {"SLURM_JOB_ID", "2"}, {"TMPDIR", "/node"}}));
}

TEST(MpiEnvironment, WhoInheritsSeesTheRanksOwnVariables) {
  const Environment saved = {{"OMPI_COMM_WORLD_RANK", "0"}};
  const Environment own = {{"OMPI_COMM_WORLD_RANK", "2"}, {"SLURM_PROCID", "2"}, {"SHELL", "zsh"}};

  EXPECT_EQ(trial_environment(saved, own, true), (Environment{{"OMPI_COMM_WORLD_RANK", "2"}, {"SLURM_PROCID", "2"}}));
}

TEST(MpiEnvironment, WhatTheUserSaysToEveryMpirunStays) {
  const Environment saved = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"}};

  EXPECT_EQ(trial_environment(saved, {}, false), saved);
}

TEST(MpiShares, WhatAllMayUseIsSharedOutEqually) {
  const std::vector<RankPlace> ranks = {on("n1", eight, {"0", "1"}), on("n1", eight, {"0", "1"}), on("n2", {0, 1})};

  EXPECT_THAT(share_of(ranks, 0, 1, {}).cpus, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(share_of(ranks, 1, 1, {}).cpus, ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(share_of(ranks, 1, 1, {}).gpus, ElementsAre("1"));
  EXPECT_THAT(share_of(ranks, 2, 1, {}).cpus, ElementsAre(0, 1));
}

TEST(MpiShares, WhatTheLauncherGaveToEachStays) {
  const std::vector<RankPlace> ranks = {on("n1", {0, 4}, {"a"}), on("n1", {1, 2, 3}, {"b"})};

  EXPECT_THAT(share_of(ranks, 0, 1, {}).cpus, ElementsAre(0, 4));
  EXPECT_THAT(share_of(ranks, 1, 1, {}).gpus, ElementsAre("b"));
  EXPECT_THAT(share_of(ranks, 1, 1, {.cpus_per_trial = 2}).cpus, ElementsAre(1, 2));
}

TEST(MpiShares, MoreWorkersThanCoresAreNotBound) {
  const std::vector<RankPlace> ranks = {on("n1", {0, 1}), on("n1", {0, 1}), on("n1", {0, 1})};

  EXPECT_THAT(share_of(ranks, 2, 1, {}).cpus, IsEmpty());
  EXPECT_THROW(share_of(ranks, 2, 1, {.cpus_per_trial = 1}), RunnerError);
}

TEST(MpiShares, RanksOfOneTrialPutTheirPartsTogetherOnEachNode) {
  const std::vector<RankPlace> ranks = {on("n1", eight), on("n1", eight), on("n1", eight), on("n1", eight)};

  EXPECT_THAT(share_of(ranks, 2, 2, {}).cpus, ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(share_of(ranks, 2, 2, {.cpus_per_trial = 2}).cpus, ElementsAre(2, 3));
}

TEST(MpiShares, ACommandLearnsWhereItsRanksAre) {
  const std::vector<RankPlace> ranks = {on("n1", {}), on("n1", {}), on("n2", {}), on("n3", {})};

  const Environment told = rank_environment(ranks, 1, 2, false);

  EXPECT_EQ(told.at("STUNE_RANKS"), "2");
  EXPECT_EQ(told.at("STUNE_HOSTS"), "n1:1,n2:1");
  EXPECT_EQ(told.at("STUNE_MPIRUN"), "mpirun -n 2 --oversubscribe --bind-to none --host n1:1,n2:1");
}

TEST(MpiShares, VariablesOfRanksAreReservedNamesOfParameters) {
  const std::string prefix = "STUNE_";
  for (const auto& [name, value] : rank_environment({on("n1", {})}, 0, 1, false)) {
    if (!name.starts_with(prefix)) continue;
    EXPECT_THROW(SearchSpace({range(name.substr(prefix.size()), 0.0, 1.0)}), ConfigError) << name;
  }
}

}  // namespace
}  // namespace stune::mpi
