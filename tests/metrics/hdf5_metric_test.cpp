// Every state in which a result can be found, made by writers that end or die at the right moment.
#include "stune/hdf5_metric.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <fstream>
#include <limits>

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "stune/runner.hpp"
#include "tests/metrics/hdf5_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "trial/claim.hpp"
#include "trial/exit_record.hpp"
#include "trial/records.hpp"

namespace stune {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string not_yet(const Fetched& fetched) {
  const auto* answer = std::get_if<NotYet>(&fetched);
  return answer != nullptr ? answer->why : "";
}
std::string unusable(const Fetched& fetched) {
  const auto* answer = std::get_if<Unusable>(&fetched);
  return answer != nullptr ? answer->why : "";
}
std::vector<Observation> observed(const Fetched& fetched) {
  const auto* answer = std::get_if<std::vector<Observation>>(&fetched);
  EXPECT_NE(answer, nullptr) << not_yet(fetched) << unusable(fetched);
  return answer != nullptr ? *answer : std::vector<Observation>(1);
}

struct Result : testing::Test {
  Result() {
    create_folders(attempt.path());
    workplace.folder = folder.path();
  }

  void start() const {
    Claimant claimant;
    claimant.job = "c:1";
    ASSERT_TRUE(std::holds_alternative<Claimed>(claim(attempt, claimant)));
  }
  /// The exit record of a start that has ended, sealing `files` as they are now.
  void end(const std::vector<std::filesystem::path>& files, std::vector<Observation> observations = {}) const {
    ExitRecord record;
    record.id = {7, 0};
    record.observations = std::move(observations);
    for (const auto& sealed : files) record.seals.push_back(make_seal(sealed).value_or(FileSeal{sealed, 0, 0}));
    write_exit_record(attempt.exit_record(0), record);
  }
  Fetched fetch(const Hdf5Source& source = {},
                const Metadata& metadata = {{attempt_key, "0"}, {start_key, "0"}}) const {
    Hdf5Metric metric("accuracy", source);
    metric.open(workplace);
    return metric.fetch(7, metadata);
  }

  TemporaryFolder folder;
  AttemptFolder attempt = ExperimentFolder(folder.path()).attempt({7, 0});
  std::filesystem::path file = attempt.metrics(0);
  Workplace workplace;
};

TEST_F(Result, OfAFinishedTrialIsTheFinalValue) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.scalar("accuracy", 0.75), out.scalar("accuracy.sem", 0.125); });
  end({file});

  EXPECT_THAT(observed(fetch()), ElementsAre(Observation{"accuracy", final_step, 0.75, 0.125}));
}

TEST_F(Result, MayHaveAnyNumberTypeAndLieInGroups) {
  write_hdf5(file, [](const Hdf5Writer& out) {
    out.scalar("accuracy", 3, H5T_STD_I8BE);
    out.group("val");
    out.scalar("val/half", 0.5, H5T_IEEE_F32BE);
    out.attribute("val", "best", 0.25);
  });
  end({file});

  EXPECT_EQ(observed(fetch()).at(0).mean, 3);
  EXPECT_EQ(observed(fetch({.file = "", .dataset = "val/half", .sem = ""})).at(0).mean, 0.5);
  EXPECT_EQ(observed(fetch({.file = "", .dataset = "/val@best", .sem = ""})).at(0).mean, 0.25);
}

TEST_F(Result, OfAProgressionHasStepsAndErrors) {
  write_hdf5(file, [](const Hdf5Writer& out) {
    out.growing_row("accuracy", {0.25, nan, 0.75});
    out.row("accuracy.step", {0, 5, 10}, H5T_NATIVE_INT);
    out.row("accuracy.sem", {0.5, 0.5, 0});
    out.row("accuracy.time", {1000, 1010, 1020.5});
  });
  end({file});

  const auto after = [](int milliseconds) { return TimePoint{} + std::chrono::milliseconds(milliseconds); };
  EXPECT_THAT(observed(fetch()), ElementsAre(Observation{"accuracy", 0, 0.25, 0.5, after(1'000'000)},
                                             Observation{"accuracy", 10, 0.75, 0, after(1'020'500)}));
}

TEST_F(Result, MayComeFromTheShellAlone) {
  end({}, {{"accuracy", final_step, 0.5, nan}, {"other", final_step, 1, nan}});

  EXPECT_THAT(observed(fetch()), ElementsAre(Observation{"accuracy", final_step, 0.5, nan}));
}

TEST_F(Result, OfBothIsMergedAndTheFileWins) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.row("accuracy", {0.25, 0.5}); });
  end({file}, {{"accuracy", 1, 0.125, nan}, {"accuracy", final_step, 0.75, nan}});

  EXPECT_THAT(observed(fetch()),
              ElementsAre(Observation{"accuracy", 0, 0.25, nan}, Observation{"accuracy", 1, 0.5, nan},
                          Observation{"accuracy", final_step, 0.75, nan}));
}

TEST_F(Result, ThatWasNeverReportedSaysWhatWas) {
  end({}, {{"acuracy", final_step, 1, nan}});

  EXPECT_EQ(unusable(fetch()), "the trial ended without reporting accuracy; it reported: acuracy");
}

TEST_F(Result, ThatIsNotInTheFileSaysWhatIs) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.scalar("acc", 1), out.scalar("loss", 1); });
  end({file});

  EXPECT_THAT(unusable(fetch()), AllOf(HasSubstr("no 'accuracy'"), HasSubstr("it holds acc, loss")));
}

TEST_F(Result, ThatIsNoFiniteNumberIsReadAsItIs) {
  end({}, {{"accuracy", final_step, nan, nan}});
  EXPECT_THAT(observed(fetch()), ElementsAre(Observation{"accuracy", final_step, nan, nan}));

  const double infinity = std::numeric_limits<double>::infinity();
  write_hdf5(file, [&](const Hdf5Writer& out) { out.row("accuracy", {1, infinity}); });
  end({file});
  EXPECT_THAT(observed(fetch()),
              ElementsAre(Observation{"accuracy", 0, 1, nan}, Observation{"accuracy", 1, infinity, nan}));
}

TEST_F(Result, OfTheWrongTypeIsNamed) {
  write_hdf5(file, [](const Hdf5Writer& out) {
    out.text("accuracy");
    out.table("table");
    out.group("group");
    out.row("empty", {});
  });
  end({file});

  EXPECT_THAT(unusable(fetch()), HasSubstr("holds no numbers"));
  EXPECT_THAT(unusable(fetch({.file = "", .dataset = "table", .sem = ""})), HasSubstr("row of numbers"));
  EXPECT_THAT(unusable(fetch({.file = "", .dataset = "group", .sem = ""})), HasSubstr("no dataset"));
  EXPECT_THAT(unusable(fetch({.file = "", .dataset = "empty", .sem = ""})), HasSubstr("no values"));
}

TEST_F(Result, ThatIsNotVisibleHereYetIsWaitedFor) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.scalar("accuracy", 0.75); });
  end({file});
  const std::string content = read_file(file).value_or("");

  std::filesystem::remove(file);
  EXPECT_THAT(not_yet(fetch()), HasSubstr("not visible here yet"));
  std::ofstream(file, std::ios::binary) << content.substr(0, content.size() / 2);
  EXPECT_THAT(not_yet(fetch()), HasSubstr("not visible here yet as it was"));
  std::string stale = content;
  stale[stale.size() / 2] = static_cast<char>(~stale[stale.size() / 2]);
  std::ofstream(file, std::ios::binary) << stale;
  EXPECT_THAT(not_yet(fetch()), HasSubstr("not visible here yet as it was"));
  std::ofstream(file, std::ios::binary) << content;
  EXPECT_EQ(observed(fetch()).size(), 1U);
}

TEST_F(Result, OfAFileThatIsNoHdf5IsNamed) {
  std::ofstream(file) << "accuracy 0.5\n";
  end({file});
  EXPECT_THAT(unusable(fetch()), HasSubstr("not an HDF5 file"));

  std::ofstream{file};
  end({file});
  EXPECT_THAT(unusable(fetch()), HasSubstr("empty"));
}

TEST_F(Result, IsReadWhileAnotherProcessHoldsALock) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.scalar("accuracy", 0.75); });
  end({file});
  const Descriptor locked(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(locked.get(), LOCK_EX), 0);

  EXPECT_EQ(observed(fetch()).at(0).mean, 0.75);
}

TEST_F(Result, BehindALinkToAnotherFileIsRefused) {
  write_hdf5(folder / "other.h5", [](const Hdf5Writer& out) { out.scalar("x", 1); });
  write_hdf5(file, [&](const Hdf5Writer& out) {
    H5Lcreate_external((folder / "other.h5").c_str(), "/x", out.file(), "accuracy", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/accuracy", out.file(), "indirect", H5P_DEFAULT, H5P_DEFAULT);
  });
  end({file});

  EXPECT_THAT(unusable(fetch()), HasSubstr("not followed"));
}

TEST_F(Result, OfADamagedSealedFileIsNamed) {
  write_hdf5(file, [](const Hdf5Writer& out) { out.growing_row("accuracy", {1, 2, 3}); });
  std::string content = read_file(file).value_or("");
  std::ofstream(file, std::ios::binary) << content.substr(0, content.size() - 64);
  end({file});

  EXPECT_THAT(unusable(fetch()), HasSubstr("truncated"));
}

struct Death {
  const char* name;
  bool latest;
  bool flushed;
  const char* message;  ///< of the failure once the trial has ended; null: the value is readable
};

/// A writer that is killed before it closes the file.
struct KilledWriter : Result, testing::WithParamInterface<Death> {
  void write_and_die() const {
    ASSERT_EQ(in_another_process([&] {
                const Hdf5Writer out(file, GetParam().latest);
                out.scalar("accuracy", 0.75);
                if (GetParam().flushed) out.flush();
                ::raise(SIGKILL);
              }),
              SIGKILL);
  }
};

TEST_P(KilledWriter, LeavesAStateThatIsNamed) {
  write_and_die();
  end({file});

  if (GetParam().message == nullptr) {
    EXPECT_EQ(observed(fetch()).at(0).mean, 0.75);
  } else {
    EXPECT_THAT(unusable(fetch()), HasSubstr(GetParam().message));
  }
}

TEST_P(KilledWriter, IsWaitedForWhileTheTrialRuns) {
  start();
  write_and_die();

  EXPECT_THAT(not_yet(fetch()), HasSubstr("still runs"));
}

INSTANTIATE_TEST_SUITE_P(All, KilledWriter,
                         testing::Values(Death{"DefaultNotFlushed", false, false, "before it closed the file"},
                                         Death{"DefaultFlushed", false, true, nullptr},
                                         Death{"LatestNotFlushed", true, false, "has not closed it"},
                                         Death{"LatestFlushed", true, true, "has not closed it"}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_F(Result, OfAKilledSwmrWriterIsReadable) {
  in_another_process([&] {
    const Hdf5Writer out(file, true);
    out.growing_row("accuracy", {0.25, 0.5});
    H5Fstart_swmr_write(out.file());
    ::raise(SIGKILL);
  });
  end({file});

  EXPECT_EQ(observed(fetch()).back().mean, 0.5);
}

TEST_F(Result, OfARunningTrialIsItsProgressionSoFar) {
  start();
  EXPECT_THAT(not_yet(fetch()), HasSubstr("still runs"));

  in_another_process([&] {
    const Hdf5Writer out(file);
    out.row("accuracy", {0.25, 0.5});
    out.flush();
    ::raise(SIGKILL);
  });
  write_record(attempt, 0, {{"accuracy", 2, 0.75, nan}, {"accuracy", final_step, 0.875, nan}});

  std::vector<Observation> found = observed(fetch());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(std::exchange(found[2].at, std::nullopt)) << "stune metric knows when it was called";
  EXPECT_THAT(found, ElementsAre(Observation{"accuracy", 0, 0.25, nan}, Observation{"accuracy", 1, 0.5, nan},
                                 Observation{"accuracy", 2, 0.75, nan}));
}

TEST_F(Result, OfTheLastStartIsTakenWhereTheRunnerNamesNone) {
  start();
  end({}, {{"accuracy", final_step, 0.5, nan}});

  EXPECT_EQ(observed(fetch({}, {})).at(0).mean, 0.5);
}

TEST_F(Result, OfARunnerWithoutNodeProgramIsReadDirectly) {
  EXPECT_THAT(not_yet(fetch({.file = "out.h5", .dataset = "", .sem = ""}, {})), HasSubstr("does not exist"));
  write_hdf5(folder / "trials/000007/out.h5", [](const Hdf5Writer& out) { out.scalar("accuracy", 0.5); });

  EXPECT_EQ(observed(fetch({.file = "out.h5", .dataset = "", .sem = ""}, {})).at(0).mean, 0.5);
}

TEST_F(Result, OfAnApplicationsOwnFileIsReduced) {
  const auto own = folder / "trials/000007/out-7.h5";
  write_hdf5(own, [](const Hdf5Writer& out) { out.row("energy", {3, 1, 2}), out.scalar("error", 0.5); });
  end({own});

  EXPECT_THAT(observed(fetch({"out-{trial}.h5", "/energy", "min", "/error"})),
              ElementsAre(Observation{"accuracy", final_step, 1, 0.5}));
  EXPECT_THAT(unusable(fetch({"out-{trial}.h5", "/energy", "min", "/err"})), HasSubstr("no '/err'"));
}

TEST_F(Result, OfAnEarlierAttemptIsNeverRead) {
  const auto own = folder / "trials/000007/out.h5";
  write_hdf5(own, [](const Hdf5Writer& out) { out.scalar("accuracy", 0.5); });
  end({});

  EXPECT_THAT(unusable(fetch({.file = "out.h5", .dataset = "", .sem = ""})), HasSubstr("older than the attempt"));
  std::filesystem::remove(own);
  EXPECT_THAT(unusable(fetch({.file = "out.h5", .dataset = "", .sem = ""})), HasSubstr("did not write"));
}

}  // namespace
}  // namespace stune
