#include "trial/exit_record.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <limits>

#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

TEST(ExitRecord, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ExitRecord record;
  record.id = {7, 1};
  record.start = 2;
  record.job = "c:4";
  record.restart = 3;
  record.host = "node \xFF";
  record.nodes = 4;
  record.started = TimePoint(std::chrono::microseconds(1'764'000'000'123'456));
  record.ended = record.started + std::chrono::seconds(5);
  record.exit_code = 4;
  record.signal = 9;
  record.time_limit = true;
  record.error = "\"quoted\"";
  record.signals = {{15, record.ended}};
  record.cpu_seconds = 1.5;
  record.peak_memory = 1'000'000'000'000;
  record.oom_kills = 1;
  record.observations = {{"a", 3, nan, 0.5, record.started},
                         {"b", final_step, -std::numeric_limits<double>::infinity(), nan}};
  record.seals = {{folder / "metrics.2.h5", 1234, 0xFFFFFFFF}};

  write_exit_record(folder / "exit.json", record);
  const auto read = read_exit_record(folder / "exit.json");

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->id, record.id);
  EXPECT_EQ(read->start, 2);
  EXPECT_EQ(read->job, record.job);
  EXPECT_EQ(read->restart, 3);
  EXPECT_EQ(read->host, record.host);
  EXPECT_EQ(read->nodes, 4);
  EXPECT_EQ(ending_of(*read).nodes, 4);
  EXPECT_EQ(read->started, record.started);
  EXPECT_EQ(read->ended, record.ended);
  EXPECT_EQ(read->exit_code, 4);
  EXPECT_EQ(read->signal, 9);
  EXPECT_TRUE(read->launched);
  EXPECT_TRUE(read->time_limit);
  EXPECT_EQ(read->error, record.error);
  ASSERT_EQ(read->signals.size(), 1U);
  EXPECT_EQ(read->signals[0].at, record.ended);
  EXPECT_EQ(read->cpu_seconds, 1.5);
  EXPECT_EQ(read->peak_memory, record.peak_memory);
  EXPECT_EQ(read->oom_kills, 1);
  EXPECT_EQ(read->observations, record.observations);
  ASSERT_EQ(read->seals.size(), 1U);
  EXPECT_EQ(read->seals[0].crc, 0xFFFFFFFF);
}

TEST(ExitRecord, OfAJobScriptMayBeShort) {
  const TemporaryFolder folder;
  std::ofstream(folder / "exit.json") << R"({"trial": 7, "attempt": 0, "launched": false, "error": "cannot run"})";

  const auto read = read_exit_record(folder / "exit.json");

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(ending_of(*read).cause, Cause::launch_failure);
  EXPECT_EQ(ending_of(*read).detail, "cannot run");
}

TEST(ExitRecord, ThatIsMissingOrTornIsNone) {
  const TemporaryFolder folder;
  std::ofstream(folder / "torn.json") << R"({"trial": 7, "att)";

  EXPECT_FALSE(read_exit_record(folder / "torn.json").has_value());
  EXPECT_FALSE(read_exit_record(folder / "none.json").has_value());
}

TEST(ExitRecord, WithANumberThatItsPlaceCannotHoldIsNone) {
  const TemporaryFolder folder;
  for (const char* trial : {"1e35", "7.5", "4294967303", "-4294967303", "18446744073709551615"}) {
    std::ofstream(folder / "exit.json") << R"({"trial": )" << trial << R"(, "attempt": 0})";

    EXPECT_FALSE(read_exit_record(folder / "exit.json").has_value()) << trial;
  }
}

struct Case {
  const char* what;
  std::function<void(ExitRecord&)> change;
  Cause cause;
  bool from_outside;  ///< a restart may run it again
};

TEST(ExitRecord, ProvesHowItEnded) {
  const auto term = [](ExitRecord& r) { r.signals = {{SIGTERM, {}}}; };
  const std::vector<Case> cases = {
      {"exit 0", [](ExitRecord&) {}, Cause::completed, false},
      {"exit 3", [](ExitRecord& r) { r.exit_code = 3; }, Cause::exit_code, false},
      {"segmentation fault", [](ExitRecord& r) { r.signal = SIGSEGV; }, Cause::signal, false},
      {"kill -9 without evidence", [](ExitRecord& r) { r.signal = SIGKILL; }, Cause::signal, true},
      {"kill -9 and oom", [](ExitRecord& r) { r.signal = SIGKILL, r.oom_kills = 1; }, Cause::out_of_memory, false},
      {"oom of a child", [](ExitRecord& r) { r.exit_code = 1, r.oom_kills = 2; }, Cause::out_of_memory, false},
      {"oom, yet exit 0", [](ExitRecord& r) { r.oom_kills = 1; }, Cause::completed, false},
      {"exit 0 after SIGTERM", term, Cause::interrupted, true},
      {"killed by SIGTERM", [&](ExitRecord& r) { term(r), r.signal = SIGTERM; }, Cause::interrupted, true},
      {"SIGUSR1 only",
       [](ExitRecord& r) {
         r.signals = {{SIGUSR1, {}}};
       },
       Cause::completed, false},
      {"time limit", [](ExitRecord& r) { r.time_limit = true, r.signal = SIGTERM; }, Cause::timeout, false},
      {"not launched", [](ExitRecord& r) { r.launched = false; }, Cause::launch_failure, false},
      {"stopped before launch", [&](ExitRecord& r) { term(r), r.launched = false; }, Cause::interrupted, true},
      {"node program killed", [](ExitRecord& r) { r.signal = SIGKILL, r.error = "killed"; }, Cause::lost, true}};
  for (const Case& c : cases) {
    ExitRecord record;
    c.change(record);

    EXPECT_EQ(ending_of(record).cause, c.cause) << c.what;
    EXPECT_EQ(ended_from_outside(record), c.from_outside) << c.what;
  }
}

TEST(Seal, ChangesWithAnyByteOfASmallFile) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a") << "123456789";

  const auto seal = make_seal(folder / "a");

  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->size, 9U);
  EXPECT_EQ(seal->crc, 0xCBF43926U);
  EXPECT_FALSE(make_seal(folder / "none").has_value());
}

}  // namespace
}  // namespace stune
