#include "runners/slurm_verdict.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace stune::slurm {
namespace {

constexpr int me = 1000;

ExitRecord record(int exit_code, int signal, std::vector<int> received = {}) {
  ExitRecord record;
  record.exit_code = exit_code;
  record.signal = signal;
  for (const int number : received) record.signals.push_back({number, TimePoint{}});
  return record;
}

ExitRecord not_launched() {
  ExitRecord record;
  record.launched = false;
  record.error = "no such program";
  return record;
}

ExitRecord memory_exhausted() {
  ExitRecord killed = record(0, SIGKILL);
  killed.oom_kills = 1;
  return killed;
}

ExitRecord over_its_time() {
  ExitRecord late = record(0, SIGTERM);
  late.time_limit = true;
  return late;
}

/// The columns of the table.
struct Column {
  std::string name;
  std::optional<Testimony> slurm;
  bool gone = false;
};

Testimony says(State state, std::optional<int> by = {}, int signal = 0) {
  Testimony testimony;
  testimony.state = state;
  testimony.cancelled_by = by;
  testimony.signal = signal;
  testimony.is_last_word = true;
  return testimony;
}

std::vector<Column> columns_before_the_end() {
  std::vector<Column> columns{{"not asked", {}}};
  for (const State state :
       {State::pending, State::requeued, State::requeue_hold, State::requeue_fed, State::special_exit,
        State::resv_del_hold, State::expediting, State::configuring, State::running, State::suspended, State::stopped,
        State::signaling, State::resizing, State::completing, State::stage_out, State::unknown}) {
    columns.push_back({std::string(to_string(state)), says(state)});
  }
  return columns;
}

std::vector<Column> columns_at_the_end() {
  return {{"CD", says(State::completed)},      {"F", says(State::failed)},
          {"F 9", says(State::failed, {}, 9)}, {"TO", says(State::timeout)},
          {"DL", says(State::deadline)},       {"OOM", says(State::out_of_memory)},
          {"PR", says(State::preempted)},      {"NF", says(State::node_fail)},
          {"BF", says(State::boot_fail)},      {"CA", says(State::cancelled, me)},
          {"CA?", says(State::cancelled)},     {"CA 0", says(State::cancelled, 0)},
          {"RV", says(State::revoked)},        {"gone", {}, true}};
}

Situation situation(std::optional<ExitRecord> exit, const Column& column, bool started = true) {
  Situation situation;
  situation.started = started;
  situation.record = std::move(exit);
  situation.slurm = column.slurm;
  situation.gone = column.gone;
  situation.grace_over = true;
  situation.user = me;
  return situation;
}

std::string verdict_of(const Situation& situation) {
  const Verdict verdict = judge(situation);
  if (const auto* wait = std::get_if<Wait>(&verdict)) return wait->ask_accounting ? "ask" : "wait";
  return to_string(std::get<Ending>(verdict).cause);
}

/// Expects one cause for each column at the end, in order.
void expect_row(const std::optional<ExitRecord>& exit, bool started, const std::vector<Cause>& causes) {
  const auto columns = columns_at_the_end();
  ASSERT_EQ(causes.size(), columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    EXPECT_EQ(verdict_of(situation(exit, columns[i], started)), to_string(causes[i])) << columns[i].name;
  }
  for (const Column& column : columns_before_the_end()) {
    EXPECT_EQ(verdict_of(situation(exit, column, started)), "wait") << column.name;
  }
}

using enum Cause;

TEST(SlurmVerdict, WhatEndedByItsOwnWillIsDecidedByItsRecordWhateverSlurmSays) {
  const std::vector<std::pair<ExitRecord, Cause>> own{
      {record(0, 0), completed},        {record(3, 0), exit_code},
      {record(138, 0), exit_code},      {record(0, SIGSEGV), Cause::signal},
      {not_launched(), launch_failure}, {memory_exhausted(), Cause::out_of_memory},
      {over_its_time(), timeout},       {record(0, 0, {SIGUSR1}), completed}};
  auto columns = columns_before_the_end();
  for (Column& column : columns_at_the_end()) columns.push_back(std::move(column));

  for (const auto& [exit, cause] : own) {
    for (const Column& column : columns) {
      EXPECT_EQ(verdict_of(situation(exit, column)), to_string(cause)) << column.name;
    }
  }
}

TEST(SlurmVerdict, ExitZeroAfterATerminationSignalCompletedOnlyIfSlurmSaysSo) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGXCPU}) {
    expect_row(record(0, 0, {number}), true,
               {completed, interrupted, interrupted, timeout, timeout, Cause::out_of_memory, preempted, node_failure,
                node_failure, cancelled, cancelled, preempted, interrupted, interrupted});
  }
}

TEST(SlurmVerdict, ExitNonZeroAfterATerminationSignalIsTheCommandsOwnOnlyIfSlurmKnowsNoOtherReason) {
  expect_row(record(5, 0, {SIGTERM}), true,
             {exit_code, exit_code, exit_code, timeout, timeout, Cause::out_of_memory, preempted, node_failure,
              node_failure, cancelled, cancelled, preempted, interrupted, interrupted});
  expect_row(record(0, SIGTERM, {SIGTERM}), true,
             {Cause::signal, Cause::signal, Cause::signal, timeout, timeout, Cause::out_of_memory, preempted,
              node_failure, node_failure, cancelled, cancelled, preempted, interrupted, interrupted});
}

TEST(SlurmVerdict, AShellThatTellsOfAKillIsTheTrialsOwnEndOnlyIfSlurmKnowsNoOtherReason) {
  expect_row(record(137, 0), true,
             {exit_code, exit_code, exit_code, timeout, timeout, Cause::out_of_memory, preempted, node_failure,
              node_failure, cancelled, cancelled, preempted, exit_code, exit_code});
  expect_row(record(143, 0), true,
             {exit_code, exit_code, exit_code, timeout, timeout, Cause::out_of_memory, preempted, node_failure,
              node_failure, cancelled, cancelled, preempted, interrupted, interrupted});
  expect_row(record(0, SIGTERM), true,
             {Cause::signal, Cause::signal, Cause::signal, timeout, timeout, Cause::out_of_memory, preempted,
              node_failure, node_failure, cancelled, cancelled, preempted, interrupted, interrupted});
}

TEST(SlurmVerdict, KilledBySignalNineIsOutOfMemoryOnlyWithEvidence) {
  expect_row(record(0, SIGKILL), true,
             {Cause::signal, Cause::signal, Cause::signal, timeout, timeout, Cause::out_of_memory, preempted,
              node_failure, node_failure, cancelled, cancelled, preempted, Cause::signal, Cause::signal});
}

TEST(SlurmVerdict, WithoutARecordSlurmDecides) {
  expect_row({}, true,
             {lost, lost, Cause::signal, timeout, timeout, Cause::out_of_memory, preempted, node_failure, node_failure,
              cancelled, cancelled, preempted, lost, lost});
}

TEST(SlurmVerdict, WithoutARecordTheClaimTellsHowManyNodesItHad) {
  Situation situation;
  situation.started = situation.grace_over = true;
  situation.nodes = 4;
  situation.slurm = says(State::timeout);
  situation.user = me;

  EXPECT_EQ(std::get<Ending>(judge(situation)).nodes, 4);
}

TEST(SlurmVerdict, WhatNeverStartedAndFailedCouldNotBeLaunched) {
  expect_row({}, false,
             {launch_failure, launch_failure, launch_failure, timeout, timeout, Cause::out_of_memory, preempted,
              node_failure, node_failure, cancelled, cancelled, preempted, lost, lost});
}

TEST(SlurmVerdict, WhatWeAskedToEndIsStoppedUnlessItEndedByItsOwnWill) {
  for (const Column& column : columns_at_the_end()) {
    Situation told = situation(record(0, 0, {SIGTERM}), column);
    Situation unseen = situation({}, column);
    Situation done = situation(record(0, 0), column);
    told.stop_asked = unseen.stop_asked = done.stop_asked = true;

    EXPECT_EQ(verdict_of(told), to_string(stopped)) << column.name;
    EXPECT_EQ(verdict_of(unseen), to_string(stopped)) << column.name;
    EXPECT_EQ(verdict_of(done), to_string(completed)) << column.name;
  }
}

TEST(SlurmVerdict, AStopIsBelievedAtOnceWhereTheRecordSaysItWasToldToEnd) {
  Situation told = situation(record(0, SIGTERM, {SIGTERM}), {"not asked", {}});
  told.stop_asked = true;

  EXPECT_EQ(verdict_of(told), to_string(stopped));
}

TEST(SlurmVerdict, ARecordThatMayNotBeVisibleYetIsWaitedFor) {
  for (const Column& column : columns_at_the_end()) {
    Situation fresh = situation({}, column);
    fresh.grace_over = false;

    EXPECT_EQ(verdict_of(fresh), "wait") << column.name;
  }
}

TEST(SlurmVerdict, TheQueueDoesNotKnowWhoCancelledOrWhatKilled) {
  Column cancelled_in_queue{"CA", says(State::cancelled)};
  Column failed_in_queue{"F", says(State::failed)};
  cancelled_in_queue.slurm->is_last_word = failed_in_queue.slurm->is_last_word = false;

  EXPECT_EQ(verdict_of(situation({}, cancelled_in_queue)), "ask");
  EXPECT_EQ(verdict_of(situation(record(0, 0, {SIGTERM}), cancelled_in_queue)), "ask");
  EXPECT_EQ(verdict_of(situation({}, failed_in_queue)), "ask");
  EXPECT_EQ(verdict_of(situation({}, failed_in_queue, false)), to_string(launch_failure));
}

TEST(SlurmVerdict, ItsEvidenceIsToldToPeople) {
  Column column{"CA", says(State::cancelled, 0)};
  column.slurm->nodes = "n3";

  const Verdict verdict = judge(situation({}, column));

  const Ending& ending = std::get<Ending>(verdict);
  EXPECT_EQ(ending.detail, "Slurm says CANCELLED by user id 0; there is no exit record");
  EXPECT_EQ(ending.host, "n3");
}

TEST(SlurmVerdict, TheJobsLogTellsWhatSlurmsStateDoesNot) {
  Situation killed = situation({}, {"F", says(State::failed)});
  killed.logged = Cause::out_of_memory;
  EXPECT_EQ(verdict_of(killed), "out_of_memory");
  killed.slurm = says(State::cancelled, 0);
  EXPECT_EQ(verdict_of(killed), "out_of_memory");
  killed.gone = true;
  killed.logged = timeout;
  EXPECT_EQ(verdict_of(killed), "timeout");
  killed.gone = false;
  killed.slurm = says(State::preempted);
  EXPECT_EQ(verdict_of(killed), "preempted") << "a state that is clear needs no log";
  killed.slurm = says(State::running);
  EXPECT_EQ(verdict_of(killed), "wait");
  Situation own = situation(record(3, 0), {"F", says(State::failed)});
  own.logged = Cause::out_of_memory;
  EXPECT_EQ(verdict_of(own), "exit_code") << "its own will";
}

TEST(SlurmVerdict, OfTheJobsLogTheLastWordCounts) {
  const std::string cancelled = "slurmstepd-n1: error: *** JOB 3 ON n1 CANCELLED AT 2026-11-24T02:40:35";
  const std::string too_much = "slurmstepd-n1: error: StepId=3.batch exceeded memory limit (2 > 1), being killed\n";
  const std::string event = "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=3.batch cgroup.\n";

  EXPECT_EQ(cause_in_log(cancelled + " DUE TO TIME LIMIT ***\n"), timeout);
  EXPECT_EQ(cause_in_log(cancelled + " DUE TO PREEMPTION ***"), preempted);
  EXPECT_EQ(cause_in_log(cancelled + " DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***\n"), node_failure);
  EXPECT_EQ(cause_in_log(cancelled + " ***\n" + too_much), Cause::out_of_memory);
  EXPECT_EQ(cause_in_log(event), Cause::out_of_memory);
  EXPECT_EQ(cause_in_log(event + cancelled + " ***\n"), std::nullopt) << "by hand, later";
  EXPECT_EQ(cause_in_log("the user's own words about an oom-kill\n"), std::nullopt);
  EXPECT_EQ(cause_in_log(""), std::nullopt);
}

}  // namespace
}  // namespace stune::slurm
