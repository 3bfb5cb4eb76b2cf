#include "scheduler/trial_folders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/scheduler/rig.hpp"
#include "trial/exit_record.hpp"

namespace stune {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A cluster whose jobs leave files, as node programs do.
class TrialFoldersTest : public testing::Test {
 protected:
  TrialFoldersTest() : files(world.folder.path()) {
    definition.command.arguments = {"/bin/true"};
    world.cluster.set_script([this](const Job& job) { return outcome(job); });
  }

  FakeOutcome outcome(const Job& job) {
    const AttemptFolder attempt = files.attempt(job.id);
    EXPECT_TRUE(std::filesystem::exists(files.trial(job.id.trial))) << "no folder for " << to_string(job.id);
    create_folder(attempt.path());
    replace_file(attempt.claim(0), R"({"job": "c:1", "nonce": "n"})");
    replace_file(attempt.output(), "said");
    const bool lost = lose && job.id.trial == 1 && job.id.attempt == 0;
    if (!lost) leave_record(job.id);
    if (lost) return {Seconds{1}, Cause::lost, {}, 0, {}};
    if (job.id.trial % 4 == 2) return {Seconds{1}, Cause::exit_code, {}, 3, {}};
    return {Seconds{1}, Cause::completed, {{"loss", final_step, loss_of(job.parameters), 0.0}}, 0, {}};
  }

  void leave_record(AttemptId id) const {
    ExitRecord record;
    record.id = id;
    write_exit_record(files.attempt(id).exit_record(0), record);
  }

  RunSummary run(const std::string& keep, int trials = 12) {
    RunOptions options = options_for(trials, 3);
    options.keep = keep;
    Coordinator coordinator(world, options, definition);
    if (coordinator.experiment.options() != options) coordinator.commit({OptionsChanged{options}});
    const RunSummary summary = coordinator.run();
    best = coordinator.experiment.best_observed();
    failed.clear();
    for (const Trial& trial : coordinator.experiment.trials()) {
      if (trial.status == TrialStatus::failed) failed.push_back(trial.index);
    }
    return summary;
  }
  std::vector<int> folders() const { return numbered_folders(files.trials()); }

  World world;
  ExperimentFolder files;
  Definition definition = small_definition();
  bool lose = false;
  int best = -1;
  std::vector<int> failed;
};

TEST_F(TrialFoldersTest, AllStayWhereNobodyAskedForLess) {
  run("all");

  EXPECT_EQ(folders().size(), 12U);
}

TEST_F(TrialFoldersTest, OnlyTheBestOneStays) {
  run("best");

  EXPECT_THAT(folders(), ElementsAre(best));
  EXPECT_EQ(read_file(files.attempt({best, 0}).output()), "said");
  EXPECT_FALSE(std::filesystem::exists(files.removed()));
}

TEST_F(TrialFoldersTest, OnlyFailedOnesStay) {
  run("failed");

  EXPECT_EQ(failed.size(), 3U);
  EXPECT_EQ(folders(), failed);
}

TEST_F(TrialFoldersTest, TheNextRunRemovesWhatWasDueBefore) {
  run("all");
  create_folders(files.removed() / "000099/attempt-0");  // a coordinator died here

  run("best");

  EXPECT_THAT(folders(), ElementsAre(best));
  EXPECT_FALSE(std::filesystem::exists(files.removed()));
}

TEST_F(TrialFoldersTest, WhatVanishedWithoutARecordMayWriteStillAndKeepsItsFolder) {
  lose = true;
  run("failed");
  ASSERT_TRUE(std::ranges::binary_search(folders(), 1));

  leave_record({1, 0});
  run("failed");

  EXPECT_EQ(folders(), failed);
}

TEST_F(TrialFoldersTest, ALinkInAFoldersPlaceDoesNotLeadOut) {
  run("all");
  create_folders(world.folder / "precious");
  replace_file(world.folder / "precious/file", "mine");
  const int victim = best == 0 ? 1 : 0;
  std::filesystem::remove_all(files.trial(victim));
  std::filesystem::create_directory_symlink(world.folder / "precious", files.trial(victim));

  run("best");

  EXPECT_THAT(folders(), ElementsAre(best));
  EXPECT_EQ(read_file(world.folder / "precious/file"), "mine");
}

TEST_F(TrialFoldersTest, WhatCannotBeRemovedIsSaidOnceAndTheRestIsRemoved) {
  run("all", 6);
  std::filesystem::path deep = files.trial(0) / "deep";
  for (int level = 0; level < 250; ++level) deep /= "d";
  create_folders(deep);
  Experiment experiment;
  replay(world.folder / "journal.jsonl", [&](const Event& event) { experiment.apply(event); });
  RunOptions options = experiment.options();
  options.keep = "failed";
  experiment.apply({experiment.last_sequence() + 1, {}, OptionsChanged{options}});
  TrialFolders cleaner(world.folder.path(), experiment);

  std::vector<std::string> said;
  for (bool more = true; more;) {
    more = cleaner.clean();
    if (std::string complaint = cleaner.take_complaint(); !complaint.empty()) said.push_back(complaint);
  }

  ASSERT_EQ(said.size(), 1U);
  EXPECT_THAT(said[0], testing::HasSubstr("000000/deep"));
  EXPECT_THAT(folders(), ElementsAre(2));
}

/// Two trials in one call of sbatch; the second fails.
class SubmissionFolders : public testing::Test {
 protected:
  SubmissionFolders() : files(folder.path()) {
    Definition definition = small_definition();
    definition.command.arguments = {"/bin/true"};
    RunOptions options = options_for(10, 2);
    options.keep = "best";
    apply(ExperimentCreated{definition, options});
    create(0);
    create(1);
    apply(SubmissionIntended{"token", {{0, 0}, {1, 0}}});
    for (const int trial : {0, 1}) {
      create_folders(files.attempt({trial, 0}).path());
      apply(JobReported{{trial, 0}, JobState::pending, {}, Metadata{{submission_key, "3"}}});
    }
    create_folders(files.submission(3));
    replace_file(files.submission(3) / "job.sh", "");
    create_folders(files.submission(4));
  }
  void apply(EventBody body) { experiment.apply({experiment.last_sequence() + 1, {}, std::move(body)}); }
  void create(int trial) { apply(TrialCreated{trial, {{"x", 0.5}, {"n", std::int64_t{1}}}, "Sobol", 0, false, {}}); }
  void complete(int trial, double loss) {
    apply(
        TrialEnded{trial, TrialStatus::completed, {}, Ending{.cause = Cause::completed}, {{"loss", final_step, loss}}});
  }
  void fail(int trial) { apply(TrialEnded{trial, TrialStatus::failed, {}, Ending{.cause = Cause::exit_code}, {}}); }
  static void clean(TrialFolders& cleaner) {
    while (cleaner.clean()) continue;
  }
  std::vector<int> left() const { return numbered_folders(files.submissions()); }

  TemporaryFolder folder;
  ExperimentFolder files;
  Experiment experiment;
};

TEST_F(SubmissionFolders, GoWithTheLastTrialThatNeedsThem) {
  TrialFolders cleaner(folder.path(), experiment);
  clean(cleaner);
  fail(0);
  cleaner.ended(0);
  clean(cleaner);
  EXPECT_THAT(numbered_folders(files.trials()), ElementsAre(1));
  EXPECT_THAT(left(), ElementsAre(3, 4));

  fail(1);
  cleaner.ended(1);
  clean(cleaner);

  EXPECT_THAT(numbered_folders(files.trials()), IsEmpty());
  EXPECT_THAT(left(), ElementsAre(4)) << "nobody knows whose the other one is";
}

TEST_F(SubmissionFolders, StayForALiveTrialWhenTheBestOneIsBeaten) {
  RunOptions options = experiment.options();
  options.keep = "failed";
  apply(OptionsChanged{options});
  TrialFolders cleaner(folder.path(), experiment);
  clean(cleaner);
  complete(0, 2.0);
  cleaner.ended(0);
  clean(cleaner);
  create(2);
  apply(SubmissionIntended{"another", {{2, 0}}});
  complete(2, 1.0);
  cleaner.ended(2);

  clean(cleaner);

  EXPECT_THAT(left(), ElementsAre(3, 4));
}

TEST_F(SubmissionFolders, OfADeadCoordinatorGoWithTheNextOne) {
  fail(0);
  fail(1);
  std::filesystem::remove_all(files.trial(0));
  std::filesystem::remove_all(files.trial(1));

  TrialFolders cleaner(folder.path(), experiment);
  clean(cleaner);

  EXPECT_THAT(left(), ElementsAre(4));
}

TEST_F(SubmissionFolders, AreNotTouchedWhileATrialOfTheirsIsLive) {
  fail(0);
  std::filesystem::remove_all(files.trial(0));

  TrialFolders cleaner(folder.path(), experiment);
  clean(cleaner);

  EXPECT_THAT(left(), ElementsAre(3, 4));
}

}  // namespace
}  // namespace stune
