#include "trial/claim.hpp"

#include <gmock/gmock.h>

#include <barrier>
#include <fstream>
#include <thread>

#include "base/file.hpp"
#include "base/random.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/exit_record.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

Claimant job(const std::string& name, int restart = 0) {
  Claimant claimant;
  claimant.job = name;
  claimant.restart = restart;
  claimant.host = "node1";
  claimant.process = {42, 4242, "boot"};
  claimant.nonce = random_name(16);
  return claimant;
}

bool is_claimed(const std::variant<Claimed, Refused>& answer) { return std::holds_alternative<Claimed>(answer); }

struct Claim : testing::Test {
  /// How start `start` ended.
  void finish(int start, int exit_code, std::vector<ReceivedSignal> signals = {}) const {
    ExitRecord record;
    record.start = start;
    record.exit_code = exit_code;
    record.signals = std::move(signals);
    write_exit_record(attempt.exit_record(start), record);
  }

  TemporaryFolder folder;
  AttemptFolder attempt{folder.path()};
};

TEST_F(Claim, IsRememberedWithEverythingInIt) {
  const Claimant claimant = job("cluster:4700_3", 2);

  ASSERT_TRUE(is_claimed(claim(attempt, claimant)));

  const auto last = last_start(attempt);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->start, 0);
  EXPECT_EQ(last->by.job, claimant.job);
  EXPECT_EQ(last->by.restart, 2);
  EXPECT_EQ(last->by.process, claimant.process);
  EXPECT_EQ(last->by.nonce, claimant.nonce);
}

TEST_F(Claim, AnotherJobIsRefusedAndToldByWhom) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));

  const auto answer = claim(attempt, job("c:2", 5));

  ASSERT_FALSE(is_claimed(answer));
  EXPECT_EQ(std::get<Refused>(answer).by.job, "c:1");
  EXPECT_THAT(std::get<Refused>(answer).why, HasSubstr("already started by c:1 on node1"));
}

TEST_F(Claim, OurOwnRequestRepeatedByTheFileSystemIsOurs) {
  const Claimant claimant = job("c:1");
  ASSERT_TRUE(is_claimed(claim(attempt, claimant)));

  EXPECT_TRUE(is_claimed(claim(attempt, claimant)));
}

TEST_F(Claim, TheSameJobStartsAgainOnlyAfterARestart) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));

  EXPECT_FALSE(is_claimed(claim(attempt, job("c:1"))));
  const auto again = claim(attempt, job("c:1", 1));

  ASSERT_TRUE(is_claimed(again));
  EXPECT_EQ(std::get<Claimed>(again).start, 1);
  EXPECT_FALSE(is_claimed(claim(attempt, job("c:1", 1))));
}

TEST_F(Claim, ARestartAfterAFinishedStartIsRefused) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));
  finish(0, 0);

  const auto answer = claim(attempt, job("c:1", 1));

  ASSERT_FALSE(is_claimed(answer));
  EXPECT_THAT(std::get<Refused>(answer).why, HasSubstr("already finished"));
}

TEST_F(Claim, ARestartAfterAnInterruptedStartIsGranted) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));
  finish(0, 0, {{SIGTERM, TimePoint{}}});

  EXPECT_TRUE(is_claimed(claim(attempt, job("c:1", 1))));
}

TEST_F(Claim, ADamagedClaimIsAnErrorAndNoStart) {
  std::ofstream(attempt.claim(0)) << "{";

  EXPECT_THROW(claim(attempt, job("c:1")), StorageError);
}

TEST_F(Claim, AFenceKeepsEverybodyOut) {
  ASSERT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));

  EXPECT_FALSE(is_claimed(claim(attempt, job("c:1"))));
  EXPECT_FALSE(is_claimed(claim(attempt, job("c:1", 1))));
  EXPECT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));
  EXPECT_FALSE(last_start(attempt).has_value());
}

TEST_F(Claim, AFenceComesTooLateAfterAStart) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));

  const auto answer = fence(attempt);

  ASSERT_TRUE(std::holds_alternative<Started>(answer));
  EXPECT_EQ(std::get<Started>(answer).by.job, "c:1");
}

TEST_F(Claim, AFenceMakesTheFolderOfAnAttemptThatWasNeverWritten) {
  const AttemptFolder missing(folder / "trials/000001/attempt-0");

  EXPECT_TRUE(std::holds_alternative<Fenced>(fence(missing)));

  EXPECT_FALSE(is_claimed(claim(missing, job("c:1"))));
}

TEST_F(Claim, AFenceAfterAStartKeepsItsRestartOut) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));

  ASSERT_TRUE(std::holds_alternative<Fenced>(fence_after(attempt, 0)));

  EXPECT_FALSE(is_claimed(claim(attempt, job("c:1", 1))));
  EXPECT_TRUE(std::holds_alternative<Fenced>(fence(attempt)));
  EXPECT_EQ(last_start(attempt)->start, 0);
}

TEST_F(Claim, AFenceAfterAStartThatStartedAgainReturnsTheLaterStart) {
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1"))));
  ASSERT_TRUE(is_claimed(claim(attempt, job("c:1", 1))));

  const auto answer = fence_after(attempt, 0);

  ASSERT_TRUE(std::holds_alternative<Started>(answer));
  EXPECT_EQ(std::get<Started>(answer).start, 1);
}

TEST_F(Claim, OfAStartAndAFenceAtTheSameMomentExactlyOneWins) {
  constexpr int rounds = 200;
  for (int round = 0; round < rounds; ++round) {
    const AttemptFolder raced(folder / std::to_string(round));
    create_folders(raced.path());
    std::barrier gate(3);
    bool started[2] = {};
    bool fenced = false;
    std::thread first([&] { gate.arrive_and_wait(), started[0] = is_claimed(claim(raced, job("c:1"))); });
    std::thread second([&] { gate.arrive_and_wait(), started[1] = is_claimed(claim(raced, job("c:2"))); });
    gate.arrive_and_wait();
    fenced = std::holds_alternative<Fenced>(fence(raced));
    first.join();
    second.join();

    EXPECT_EQ(int{started[0]} + int{started[1]} + int{fenced}, 1) << "round " << round;
  }
}

TEST(Claimant, IsNamedAfterItsJob) {
  EXPECT_EQ(make_claimant({{"SLURM_CLUSTER_NAME", "big"}, {"SLURM_JOB_ID", "7"}}).job, "big:7");
  EXPECT_EQ(make_claimant({{"SLURM_JOB_ID", "7"}, {"SLURM_RESTART_COUNT", "3"}}).job, ":7");
  EXPECT_EQ(make_claimant({{"SLURM_JOB_ID", "7"}, {"SLURM_RESTART_COUNT", "3"}}).restart, 3);
  EXPECT_EQ(make_claimant({{"SLURM_CLUSTER_NAME", "big"},
                           {"SLURM_JOB_ID", "9"},
                           {"SLURM_ARRAY_JOB_ID", "7"},
                           {"SLURM_ARRAY_TASK_ID", "2"}})
                .job,
            "big:7_2");
  EXPECT_EQ(make_claimant({{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_NUM_NODES", "4"}}).nodes, 4);
  EXPECT_EQ(make_claimant({{"SLURM_JOB_NUM_NODES", "4"}}).nodes, 0) << "in no job";
  EXPECT_THAT(make_claimant({}).job, testing::StartsWith("local:" + host_name() + ":"));
  EXPECT_TRUE(is_alive(make_claimant({}).process));
}

}  // namespace
}  // namespace stune
