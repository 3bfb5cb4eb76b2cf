#include "runners/attempt_environment.hpp"

#include <gtest/gtest.h>

namespace stune {
namespace {

TEST(AttemptEnvironment, OfASavedOneTheSettingsStayAndPlacesGo) {
  const Environment saved = {{"HOME", "/home/u"},
                             {"PMINE", "kept"},
                             {"OMP_NUM_THREADS", "2"},
                             {"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                             {"OMPI_COMM_WORLD_RANK", "0"},
                             {"OMPI_MCA_ess", "pmi"},
                             {"PMIX_RANK", "0"},
                             {"PRTE_LAUNCHED", "1"},
                             {"HYDRA_PROXY_PORT", "5"},
                             {"SLURM_JOB_ID", "1"},
                             {"SRUN_DEBUG", "3"},
                             {"TMPDIR", "/tmp/job1"},
                             {"HOSTNAME", "login1"},
                             {"CUDA_VISIBLE_DEVICES", "3"},
                             {"GPU_DEVICE_ORDINAL", "3"}};

  EXPECT_EQ(
      settings_in(saved),
      (Environment{{"HOME", "/home/u"}, {"PMINE", "kept"}, {"OMP_NUM_THREADS", "2"}, {"OMPI_ALLOW_RUN_AS_ROOT", "1"}}));
}

TEST(AttemptEnvironment, WhatTheUserTellsEveryOpenMpiProgramStaysWhereNoLauncherMayHaveSaidIt) {
  const Environment saved = {{"OMPI_MCA_btl", "self,vader"}};

  EXPECT_EQ(settings_in(saved), saved);
}

TEST(AttemptEnvironment, OnThisMachineItHasTheNodeAndTheAllocationOfTheProcessThatStartsIt) {
  const Environment saved = {{"HOME", "/home/u"}, {"SLURM_JOB_ID", "1"}, {"TMPDIR", "/tmp/job1"}, {"PMIX_RANK", "0"}};
  const Environment own = {{"HOME", "/root"},     {"SLURM_JOB_ID", "2"}, {"TMPDIR", "/tmp/job2"},
                           {"PMIX_RANK", "1"},    {"SHELL", "zsh"},      {"CUDA_VISIBLE_DEVICES", "0,1"},
                           {"SLURM_PROCID", "0"}, {"HOSTNAME", "n2"}};

  EXPECT_EQ(local_environment(saved, own), (Environment{{"HOME", "/home/u"},
                                                        {"SLURM_JOB_ID", "2"},
                                                        {"SLURM_PROCID", "0"},
                                                        {"TMPDIR", "/tmp/job2"},
                                                        {"HOSTNAME", "n2"},
                                                        {"CUDA_VISIBLE_DEVICES", "0,1"}}));
}

}  // namespace
}  // namespace stune
