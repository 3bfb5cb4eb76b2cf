#include "runners/slurm_parse.hpp"

#include <gmock/gmock.h>

#include <cerrno>

namespace stune::slurm {
namespace {

using testing::ElementsAre;

CommandResult answer(int exit_code, std::string output, std::string error = {}) {
  CommandResult result;
  result.exit_code = exit_code;
  result.output = std::move(output);
  result.error = std::move(error);
  return result;
}

std::string job_of(const SbatchAnswer& parsed) {
  const auto* submitted = std::get_if<Submitted>(&parsed);
  return submitted == nullptr ? "" : submitted->job;
}

Refusal::Kind kind_of(const std::string& error) {
  const SbatchAnswer parsed = parse_sbatch(answer(1, "", error));
  const auto* refusal = std::get_if<Refusal>(&parsed);
  if (refusal == nullptr) ADD_FAILURE() << "no refusal: " << error;
  return refusal == nullptr ? Refusal::Kind{} : refusal->kind;
}

Refusal::Kind kind_of_127(const std::string& error) {
  return std::get<Refusal>(parse_sbatch(answer(127, "", error))).kind;
}

bool is_ambiguous(const CommandResult& result) { return std::holds_alternative<Ambiguous>(parse_sbatch(result)); }

TEST(Sbatch, JobIdIsReadInEveryDialect) {
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "4711\n"))), "4711");
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "4711;lumi\n"))), "4711");
  EXPECT_EQ(std::get<Submitted>(parse_sbatch(answer(0, "4711;lumi\n"))).job, "4711");
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "Submitted batch job 4711\n"))), "4711");
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "Submitted batch job 4711 on cluster lumi\n"))), "4711");
}

TEST(Sbatch, ChatterOfSitesBeforeAndAfterTheIdIsNoId) {
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "Welcome\n2026 budget: 12 hours\n4711\n"))), "4711");
  EXPECT_EQ(job_of(parse_sbatch(answer(0, "4711\nThank you for using 4 nodes\n", "sbatch: info: x\n"))), "4711");
}

TEST(Sbatch, SuccessAfterRetriesIsSuccess) {
  const auto result =
      answer(0, "19\n", "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n");

  EXPECT_EQ(job_of(parse_sbatch(result)), "19");
}

TEST(Sbatch, WhatMayHaveArrivedIsAmbiguous) {
  CommandResult late = answer(0, "");
  late.timed_out = true;
  CommandResult killed = answer(0, "");
  killed.signal = 9;
  const std::string failed = "sbatch: error: Batch job submission failed: ";

  EXPECT_TRUE(is_ambiguous(late));
  EXPECT_TRUE(is_ambiguous(killed));
  EXPECT_TRUE(is_ambiguous(answer(0, "")));
  EXPECT_TRUE(is_ambiguous(answer(1, "")));
  EXPECT_TRUE(is_ambiguous(answer(1, "", failed + "Socket timed out on send/recv operation\n")));
  EXPECT_TRUE(is_ambiguous(answer(1, "", failed + "Unable to contact slurm controller (send failure)\n")));
  EXPECT_TRUE(is_ambiguous(answer(1, "", failed + "Unable to contact slurm controller (receive failure)\n")));
  EXPECT_TRUE(is_ambiguous(answer(1, "", failed + "Zero Bytes were transmitted or received\n")));
  EXPECT_TRUE(is_ambiguous(answer(1, "4711\n", "sbatch: error: the site's hook failed afterwards\n")));
}

TEST(Sbatch, TroublesThatPassAreTransient) {
  const std::string failed = "sbatch: error: Batch job submission failed: ";

  for (const char* text : {"Unable to contact slurm controller (connect failure)", "Resource temporarily unavailable",
                           "Slurm backup controller in standby mode", "Requested operation is presently disabled",
                           "Required partition not available (inactive or drain)",
                           "Rate limit exceeded, please retry later", "Protocol authentication error"}) {
    EXPECT_EQ(kind_of(failed + text), Refusal::Kind::transient) << text;
  }
  EXPECT_EQ(kind_of("sbatch: fatal: Could not establish a configuration source"), Refusal::Kind::transient);
}

TEST(Sbatch, SubmitLimitsAreCapacity) {
  const std::string policy =
      "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size "
      "and/or time limits)\n";

  for (const char* limit : {"QOSMaxSubmitJobPerUserLimit", "AssocMaxSubmitJobLimit", "Reached jobs per hour limit",
                            "AssocGrpSubmitJobsLimit", "QOSGrpSubmitJobsLimit"}) {
    EXPECT_EQ(kind_of(std::string("sbatch: error: ") + limit + "\n" + policy), Refusal::Kind::capacity) << limit;
  }
  EXPECT_EQ(kind_of(policy), Refusal::Kind::capacity) << "which, the site does not say";
  EXPECT_EQ(kind_of("sbatch: error: AssocMaxWallDurationPerJobLimit\n" + policy), Refusal::Kind::permanent);
}

TEST(Sbatch, WhatWillNeverBeTakenIsPermanentInSlurmsWords) {
  const std::string failed = "sbatch: error: Batch job submission failed: ";

  for (const char* text : {"Invalid account or account/partition combination specified",
                           "Invalid partition name specified", "Requested node configuration is not available",
                           "Requested time limit is invalid (missing or exceeds some limit)"}) {
    EXPECT_EQ(kind_of(failed + text), Refusal::Kind::permanent) << text;
  }
  const auto parsed = parse_sbatch(answer(255, "", "sbatch: error: Invalid --time specification\n"));
  EXPECT_EQ(std::get<Refusal>(parsed).text, "sbatch: error: Invalid --time specification");
}

TEST(Sbatch, OnlyItsLastWordsDecideAfterRetries) {
  const std::string error =
      "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n"
      "sbatch: error: Batch job submission failed: Invalid qos specification\n";

  EXPECT_EQ(kind_of(error), Refusal::Kind::permanent);
}

TEST(Sbatch, TheReasonIsTheFirstLineWithoutTheProgramsName) {
  EXPECT_EQ(reason_in("sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed: x\n"),
            "AssocMaxSubmitJobLimit");
  EXPECT_EQ(reason_in("the site says: error: no\n"), "the site says: error: no");
  EXPECT_EQ(reason_in(""), "");
}

TEST(Squeue, AnAnswerWithFoldersIsWholeUnlessALineWasCut) {
  const PlacesAnswer answer = parse_places("a word of the site\n11|train-coordinator|/home/a|b/train.stune\n");
  ASSERT_EQ(answer.jobs.size(), 1U);
  EXPECT_EQ(answer.jobs[0].job, "11");
  EXPECT_EQ(answer.jobs[0].place, "train-coordinator|/home/a|b/train.stune");
  EXPECT_TRUE(answer.whole);
  EXPECT_FALSE(parse_places("11|train-coordinator|/home/train.stune\n12|tr").whole);
  EXPECT_FALSE(parse_places("11|train\n").whole);
  EXPECT_TRUE(parse_places("").whole);
}

TEST(Squeue, RowsAreKeyedByJobOrByArrayAndTask) {
  const auto parsed = parse_squeue(
      "19|19|N/A|R|n1|None|token-a\n"
      "23|22|0|CD|n1|None|token-b\n"
      "22|22|3|PD||Resources|token-b\n");

  ASSERT_EQ(parsed.rows.size(), 3U);
  EXPECT_TRUE(parsed.whole);
  EXPECT_EQ(parsed.rows[0].job, "19");
  EXPECT_EQ(parsed.rows[1].job, "22_0");
  EXPECT_EQ(parsed.rows[2].job, "22_3");
  EXPECT_EQ(parsed.rows[0].state, State::running);
  EXPECT_EQ(parsed.rows[1].state, State::completed);
  EXPECT_EQ(parsed.rows[2].name, "token-b");
}

TEST(Squeue, ReasonsAndNamesMayHoldAnything) {
  const auto parsed = parse_squeue(
      "7|7|N/A|PD||Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions|a|b c\n"
      "8|8|N/A|PD||ReqNodeNotAvail, UnavailableNodes:probe1|\n");

  ASSERT_EQ(parsed.rows.size(), 2U);
  EXPECT_EQ(parsed.rows[0].name, "a|b c");
  EXPECT_THAT(parsed.rows[0].reason, testing::StartsWith("Nodes required"));
  EXPECT_EQ(parsed.rows[1].name, "");
}

TEST(Squeue, CutAnswersProveNoAbsence) {
  EXPECT_TRUE(parse_squeue("").whole);
  EXPECT_TRUE(parse_squeue("a site's greeting\n7|7|N/A|R|n1|None|t\n").whole);
  EXPECT_FALSE(parse_squeue("7|7|N/A|R|n1|None|t\n8|8|N/").whole);
  EXPECT_FALSE(parse_squeue("7|7|N/A\n").whole);
  EXPECT_FALSE(parse_squeue("7|7|1-5,...|PD||None|t\n").whole);
}

TEST(Sacct, RowsWithTheFirstWordOfTheStateAndTheUserWhoCancelled) {
  const auto rows = parse_sacct(
      "19|19|COMPLETED|0:0|n1|token\n"
      "20|20|CANCELLED by 1000|0:15|None assigned|c1|pipe\n"
      "24|22_1|FAILED|3:0|n2|token\n"
      "22|22_[2-4]|PENDING|0:0|None assigned|token\n");

  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0].state, State::completed);
  EXPECT_EQ(rows[0].cancelled_by, std::nullopt);
  EXPECT_EQ(rows[1].state, State::cancelled);
  EXPECT_EQ(rows[1].cancelled_by, 1000);
  EXPECT_EQ(rows[1].signal, 15);
  EXPECT_EQ(rows[1].name, "c1|pipe");
  EXPECT_EQ(rows[2].job, "22_1");
  EXPECT_EQ(rows[2].exit_code, 3);
  EXPECT_EQ(rows[3].job, "22_2");
}

TEST(Sacct, TasksThatShareALineAreEachAndAfterWhatHasALineOfItsOwn) {
  const auto rows = parse_sacct(
      "22|22_[0,2,4-6%2]|CANCELLED by 7|0:0|None assigned|token\n"
      "23|22_1|RUNNING|0:0|n1|token\n"
      "24|24_[3-...]|PENDING|0:0||cut\n"
      "25|25_[5-2]|PENDING|0:0||odd\n"
      "26|26_[0-4000000]|PENDING|0:0||huge\n");
  std::vector<std::string> jobs;
  for (const AccountingRow& row : rows) jobs.push_back(row.job);

  jobs.resize(7);
  EXPECT_THAT(jobs, ElementsAre("22_1", "24", "25", "22_0", "22_2", "22_4", "22_5"));
  EXPECT_EQ(rows[4].cancelled_by, 7);
  EXPECT_EQ(rows[3].state, State::cancelled);
  EXPECT_LE(rows.size(), 1100U);
}

TEST(Sbatch, WhatThisMachineCannotStartIsTriedAgainUnlessItIsNotThere) {
  CommandResult no_process = answer(127, "", "cannot start sbatch: Resource temporarily unavailable");
  no_process.could_not_start = EAGAIN;
  CommandResult no_file = answer(127, "", "cannot start sbatch: No such file or directory");
  no_file.could_not_start = ENOENT;

  EXPECT_EQ(std::get<Refusal>(parse_sbatch(no_process)).kind, Refusal::Kind::transient);
  EXPECT_EQ(std::get<Refusal>(parse_sbatch(no_file)).kind, Refusal::Kind::permanent);
  EXPECT_EQ(kind_of_127("sbatch: line 3: exec: /opt/slurm/bin/sbatch: not found"), Refusal::Kind::permanent);
  EXPECT_TRUE(is_ambiguous(answer(127, "", "its exit status is not known: this process ignores SIGCHLD")));
}

TEST(Sbatch, OnlyLimitsOfOwnJobsCanBeToldFromAMissingAccountByAnEmptyQueue) {
  const std::string policy = "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy\n";
  for (const auto& [limit, own] : {std::pair{"QOSMaxSubmitJobPerUserLimit", true},
                                   {"AssocMaxSubmitJobLimit", true},
                                   {"Reached jobs per hour limit", false},
                                   {"AssocGrpSubmitJobsLimit", false},
                                   {"QOSMaxSubmitJobPerAccountLimit", false}}) {
    const auto parsed = parse_sbatch(answer(1, "", std::string("sbatch: error: ") + limit + "\n" + policy));
    EXPECT_EQ(std::get<Refusal>(parsed).counts_own_jobs, own) << limit;
  }
}

TEST(Sacct, DisabledAccountingIsToldFromADatabaseThatIsDown) {
  EXPECT_TRUE(is_accounting_disabled(answer(1, "", "Slurm accounting storage is disabled\n")));
  EXPECT_FALSE(is_accounting_disabled(answer(1, "", "sacct: error: Problem talking to the database\n")));
  EXPECT_FALSE(is_accounting_disabled(answer(0, "")));
}

TEST(Scontrol, ConfigIsReadAndWhatIsMissingKeepsItsDefault) {
  const Config config = parse_config(
      "Configuration data as of 2026-11-23T18:00:00\n"
      "AccountingStorageType   = accounting_storage/none\n"
      "ClusterName             = probe\n"
      "MaxArraySize            = 5\n"
      "MessageTimeout          = 10 sec\n"
      "MinJobAge               = 2 sec\n"
      "SLURM_VERSION           = 22.05.8\n");

  EXPECT_EQ(config, (Config{"probe", "22.05.8", 2, 5, 10, false}));
  EXPECT_EQ(parse_config(""), Config{});
}

TEST(Sacctmgr, LimitsThatAreSetAreReadAndNoOthers) {
  EXPECT_EQ(
      parse_limits("physics|3||100\nchemistry|||\n", "account", {"MaxSubmitJobs", "MaxJobs", "GrpSubmitJobs"}),
      (std::vector<JobLimit>{{"account physics", "MaxSubmitJobs", 3}, {"account physics", "GrpSubmitJobs", 100}}));
  EXPECT_TRUE(parse_limits("", "qos", {"MaxJobsPerUser"}).empty());
}

TEST(State, EveryWordOfSlurmHasItsPhase) {
  for (const char* word : {"PENDING", "PD", "REQUEUED", "RQ", "REQUEUE_FED", "RF", "REQUEUE_HOLD", "RH", "SPECIAL_EXIT",
                           "SE", "RESV_DEL_HOLD", "RD", "CONFIGURING", "CF", "EXPEDITING"}) {
    EXPECT_EQ(phase_of(parse_state(word)), Phase::waiting) << word;
  }
  for (const char* word : {"RUNNING", "R", "SUSPENDED", "S", "RESIZING", "RS", "STOPPED", "ST", "SIGNALING", "SI"}) {
    EXPECT_EQ(phase_of(parse_state(word)), Phase::running) << word;
  }
  for (const char* word : {"COMPLETING", "CG", "STAGE_OUT", "SO"}) {
    EXPECT_EQ(phase_of(parse_state(word)), Phase::ending) << word;
  }
  for (const char* word : {"COMPLETED",     "CD",         "CANCELLED", "CA",      "CANCELLED+", "CANCELLED by 0",
                           "FAILED",        "F",          "TIMEOUT",   "TO",      "NODE_FAIL",  "NF",
                           "PREEMPTED",     "PR",         "BOOT_FAIL", "BF",      "DEADLINE",   "DL",
                           "OUT_OF_MEMORY", "OUT_OF_ME+", "OOM",       "REVOKED", "RV"}) {
    const bool cut = std::string(word) == "OUT_OF_ME+";
    EXPECT_EQ(phase_of(parse_state(word)), cut ? Phase::unknown : Phase::over) << word;
  }
}

TEST(State, WordsOfALaterSlurmAreUnknownAndNothingElse) {
  for (const char* word : {"", "?", "XY", "TELEPORTING", "completed", "12"}) {
    EXPECT_EQ(parse_state(word), State::unknown) << word;
  }
}

}  // namespace
}  // namespace stune::slurm
