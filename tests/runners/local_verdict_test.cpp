#include "runners/local_verdict.hpp"

#include <gtest/gtest.h>
#include <signal.h>

namespace stune {
namespace {

ExitRecord record_of(int exit_code, int signal = 0) {
  ExitRecord record;
  record.exit_code = exit_code;
  record.signal = signal;
  return record;
}

LocalEvidence evidence_of(ExitRecord record, bool stop_asked = false) {
  LocalEvidence evidence;
  evidence.record = std::move(record);
  evidence.claimed = true;
  evidence.stop_asked = stop_asked;
  return evidence;
}

TEST(LocalVerdict, AFailureEndsWithTheLastWordsOfItsOutput) {
  LocalEvidence evidence = evidence_of(record_of(3));
  evidence.output = "no such layer\n";

  const Ending ending = local_ending(evidence);

  EXPECT_EQ(ending.cause, Cause::exit_code);
  EXPECT_EQ(ending.exit_code, 3);
  EXPECT_EQ(ending.detail, "exit code 3\nno such layer");
}

TEST(LocalVerdict, ACommandThatDiedOfOurStopWasStopped) {
  EXPECT_EQ(local_ending(evidence_of(record_of(0, SIGTERM), true)).cause, Cause::stopped);
  ExitRecord polite = record_of(0);
  polite.signals.push_back({SIGTERM, {}});
  EXPECT_EQ(local_ending(evidence_of(polite, true)).cause, Cause::stopped);
}

TEST(LocalVerdict, ACommandThatEndedJustBeforeOurStopKeepsItsResult) {
  EXPECT_EQ(local_ending(evidence_of(record_of(0), true)).cause, Cause::completed);
  EXPECT_EQ(local_ending(evidence_of(record_of(3), true)).cause, Cause::exit_code);
}

TEST(LocalVerdict, AnExitAfterASignalThatNobodyHereSentIsNotCompleted) {
  ExitRecord polite = record_of(0);
  polite.signals.push_back({SIGTERM, {}});

  EXPECT_EQ(local_ending(evidence_of(polite)).cause, Cause::interrupted);
}

TEST(LocalVerdict, NodesOfAJobThatAllAttemptsShareAreNotOneAttempts) {
  ExitRecord record = record_of(0);
  record.nodes = 4;

  EXPECT_EQ(local_ending(evidence_of(record)).nodes, 0);
}

TEST(LocalVerdict, WithoutARecordAStartedAttemptIsLost) {
  LocalEvidence evidence;
  evidence.claimed = true;
  evidence.wait_status = SIGKILL;

  const Ending ending = local_ending(evidence);

  EXPECT_EQ(ending.cause, Cause::lost);
  EXPECT_EQ(ending.detail, "the node program was killed by signal 9 (Killed) and left no exit record");
}

TEST(LocalVerdict, WithoutAClaimTheNodeProgramDidNotWork) {
  LocalEvidence evidence;
  evidence.wait_status = 127 << 8;
  evidence.output = "error while loading shared libraries\n";

  const Ending ending = local_ending(evidence);

  EXPECT_EQ(ending.cause, Cause::launch_failure);
  EXPECT_EQ(ending.detail,
            "the node program ended with exit code 127 before it began the attempt\nerror while loading shared "
            "libraries");
}

TEST(LocalVerdict, WhatVanishedAfterOurStopWasStopped) {
  LocalEvidence evidence;
  evidence.claimed = true;
  evidence.stop_asked = true;

  EXPECT_EQ(local_ending(evidence).cause, Cause::stopped);
  evidence.claimed = false;
  EXPECT_EQ(local_ending(evidence).cause, Cause::stopped);
}

}  // namespace
}  // namespace stune
