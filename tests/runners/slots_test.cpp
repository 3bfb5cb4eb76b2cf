#include "runners/slots.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

const Share machine{.cpus = {0, 1, 2, 3, 8, 9}, .gpus = {"0", "1", "GPU-5a", "3"}};

TEST(Slots, SharesAreDisjointAndAsLargeAsAskedFor) {
  const auto shares = share_out(machine, {.slots = 2, .cpus_per_trial = 3, .gpus_per_trial = 2});

  ASSERT_EQ(shares.size(), 2U);
  EXPECT_EQ(shares[0], (Share{{0, 1, 2}, {"0", "1"}}));
  EXPECT_EQ(shares[1], (Share{{3, 8, 9}, {"GPU-5a", "3"}}));
}

TEST(Slots, WithoutANumberTheScarcestThingDecidesHowManyThereAre) {
  EXPECT_EQ(share_out(machine, {.cpus_per_trial = 1, .gpus_per_trial = 2}).size(), 2U);
  EXPECT_EQ(share_out(machine, {.cpus_per_trial = 4}).size(), 1U);
}

TEST(Slots, NothingAskedForMeansNoLimit) { EXPECT_TRUE(share_out(machine, {}).empty()); }

TEST(Slots, TooFewCoresAreRefusedWithWhatIsThere) {
  try {
    share_out(machine, {.slots = 4, .cpus_per_trial = 2});
    FAIL() << "nothing thrown";
  } catch (const RunnerError& e) {
    EXPECT_STREQ(e.what(), "4 trials at a time with 2 cores each need 8 cores; this machine gives us 6");
  }
  EXPECT_THROW(share_out({}, {.gpus_per_trial = 1}), RunnerError);
}

TEST(Slots, ATrialSeesItsGpusAndAsManyThreadsAsCores) {
  const Share share{{4, 5}, {"2", "3"}};

  const Environment result = share_environment(share, {});

  EXPECT_EQ(result,
            (Environment{{"CUDA_VISIBLE_DEVICES", "2,3"}, {"OMP_NUM_THREADS", "2"}, {"ROCR_VISIBLE_DEVICES", "2,3"}}));
}

TEST(Slots, TheUsersOwnNumberOfThreadsStays) {
  EXPECT_FALSE(share_environment({{4, 5}, {}}, {{"OMP_NUM_THREADS", "1"}}).contains("OMP_NUM_THREADS"));
}

TEST(Gpus, TheEnvironmentSaysWhichAreOurs) {
  EXPECT_EQ(find_gpus({{"CUDA_VISIBLE_DEVICES", "2, GPU-ab,7"}}), (std::vector<std::string>{"2", "GPU-ab", "7"}));
  EXPECT_EQ(find_gpus({{"ROCR_VISIBLE_DEVICES", "1"}}), (std::vector<std::string>{"1"}));
  EXPECT_TRUE(find_gpus({{"CUDA_VISIBLE_DEVICES", ""}}).empty());
  EXPECT_EQ(find_gpus({{"CUDA_VISIBLE_DEVICES", "0,-1,1"}}), (std::vector<std::string>{"0"}));
}

TEST(Gpus, ElseDeviceFilesAreCounted) {
  const TemporaryFolder folder;
  for (const char* name : {"nvidia10", "nvidia2", "nvidiactl", "nvidia-uvm", "null"}) std::ofstream(folder / name);

  EXPECT_EQ(find_gpus({}, folder.path()), (std::vector<std::string>{"2", "10"}));
}

TEST(SlotPool, GivesEachSlotOnceAndTakesItBack) {
  SlotPool pool(share_out(machine, {.slots = 2, .cpus_per_trial = 3}));

  const auto first = pool.take();
  const auto second = pool.take(Share{{3, 8, 9}, {}});
  const auto third = pool.take();
  pool.give_back(*first);

  EXPECT_EQ(first, 0U);
  EXPECT_EQ(second, 1U);
  EXPECT_FALSE(third);
  EXPECT_EQ(pool.free(), 1);
}

}  // namespace
}  // namespace stune
