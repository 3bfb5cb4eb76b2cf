#include "storage/requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.hpp"
#include "storage/telemetry.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

using std::chrono::microseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TimePoint at(std::int64_t time) { return TimePoint(microseconds(time)); }

TEST(Requests, ReadBackInTheOrderTheyWereMade) {
  const TemporaryFolder folder;
  const std::vector<Request> requests{
      StopRequest{}, StopRequest{7, "too slow \"\n\xff"}, SetRequest{{{"parallel", "8"}, {"trials", "200"}}},
      AttachRequest{{{"lr", 2.0}, {"layers", std::int64_t{2}}, {"optimizer", std::string("nan")}, {"bias", true}},
                    true},
      TellRequest{3, {{"loss", final_step, 0.5, 0.01}, {"loss", 10, 1.5}}, TrialStatus::failed, "diverged"}};
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    ids.push_back(write_request(folder.path(), requests[i], at(static_cast<std::int64_t>(9 + i))));
  }

  const Inbox inbox = read_requests(folder.path());

  ASSERT_THAT(inbox.requests, SizeIs(requests.size()));
  EXPECT_THAT(inbox.notices, IsEmpty());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    EXPECT_EQ(inbox.requests[i].id, ids[i]);
    EXPECT_EQ(inbox.requests[i].request, requests[i]) << i;
  }
}

TEST(Requests, ARemovedOneIsNotReadAgain) {
  const TemporaryFolder folder;
  const std::string id = write_request(folder.path(), StopRequest{}, at(1));

  remove_request(folder.path(), id);
  remove_request(folder.path(), id);

  EXPECT_THAT(read_requests(folder.path()).requests, IsEmpty());
}

TEST(Requests, NoFolderIsNoRequest) {
  const TemporaryFolder folder;

  EXPECT_THAT(read_requests(folder.path()).requests, IsEmpty());
}

TEST(Requests, WhatCannotBeReadIsMovedAsideAndReportedOnce) {
  const TemporaryFolder folder;
  write_request(folder.path(), StopRequest{5, ""}, at(1));
  std::ofstream(folder / "requests/0.json") << "{\"type\":\"stop\",\"trial\":";
  std::ofstream(folder / "requests/1.json") << "{\"type\":\"dance\"}";
  std::ofstream(folder / "requests/2.json") << "{\"type\":\"stop\",\"trail\":1}";
  std::ofstream(folder / "requests/3.json");
  std::filesystem::create_directory(folder / "requests/4.json");

  const Inbox first = read_requests(folder.path());
  const Inbox second = read_requests(folder.path());

  EXPECT_THAT(first.requests, SizeIs(1));
  EXPECT_THAT(first.notices, SizeIs(5));
  EXPECT_THAT(first.notices[1], HasSubstr("request 1.json cannot be read (unknown request \"dance\"); moved to"));
  EXPECT_THAT(second.requests, SizeIs(1));
  EXPECT_THAT(second.notices, IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(folder / "requests/broken/2.json"));
}

TEST(Requests, FilesBeingWrittenAreNotSeen) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "requests");
  std::ofstream(folder / "requests/.tmp.abc") << "{";

  const Inbox inbox = read_requests(folder.path());

  EXPECT_THAT(inbox.notices, IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(folder / "requests/.tmp.abc"));
}

TEST(TelemetryFile, ReadsBackWithWhatTheSystemKnows) {
  const TemporaryFolder folder;
  TelemetryWriter writer(folder.path());
  Telemetry telemetry;
  telemetry.budget = {"next look at the queue in 40 s", "\"quoted\""};

  writer.write(telemetry, at(5'000'000));

  const auto found = read_telemetry(folder.path());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->budget, telemetry.budget);
  EXPECT_EQ(found->at, at(5'000'000));
  EXPECT_EQ(found->pid, ::getpid());
  EXPECT_GT(found->peak_memory, 1'000'000);
}

TEST(TelemetryFile, AddsUpWhatCoordinatorsCostOneAfterTheOther) {
  const TemporaryFolder folder;
  std::ofstream(folder / "telemetry.json")
      << R"({"host":"elsewhere","pid":1,"counts":[],"cpu_seconds":40,"batch_calls":12,"coordinators":2,)"
      << R"("all_cpu_seconds":50,"all_batch_calls":30,"report_seconds":1.5})";
  Telemetry self;

  TelemetryWriter third(folder.path());
  self.batch_calls = 5;
  third.add_report(0.25);
  third.write(self, at(1));
  const Costs found = read_telemetry(folder.path())->all;

  EXPECT_EQ(found.coordinators, 3);
  EXPECT_EQ(found.batch_calls, 35);
  EXPECT_EQ(found.report_seconds, 1.75);
  EXPECT_GT(found.cpu_seconds, 50.0);
  EXPECT_EQ(third.costs(6).batch_calls, 36) << "it goes on from where it began";
}

TEST(TelemetryFile, CountsAProgramOnceHoweverOftenItOpensTheExperiment) {
  const TemporaryFolder folder;
  for (int i = 0; i < 3; ++i) {
    TelemetryWriter writer(folder.path());
    Telemetry telemetry;
    telemetry.batch_calls = 2;
    writer.write(telemetry, at(i));
  }
  Telemetry self;
  measure_self(self);

  const Costs found = read_telemetry(folder.path())->all;

  EXPECT_EQ(found.coordinators, 1);
  EXPECT_LE(found.cpu_seconds, self.cpu_seconds);
  EXPECT_EQ(found.batch_calls, 6) << "each opening has a runner of its own";
}

TEST(TelemetryFile, IsWrittenEveryFewSeconds) {
  const TemporaryFolder folder;
  TelemetryWriter writer(folder.path(), Seconds{5});
  EXPECT_TRUE(writer.due(at(1)));

  writer.write({}, at(1));

  EXPECT_FALSE(writer.due(at(5'000'000)));
  EXPECT_TRUE(writer.due(at(5'000'001)));
}

TEST(TelemetryFile, ThatCannotBeWrittenOrReadIsNothing) {
  const TemporaryFolder folder;

  EXPECT_NE(TelemetryWriter(folder / "no such folder").write({}, at(1)), "");
  std::ofstream(folder / "telemetry.json") << "{\"host\":7}";

  EXPECT_FALSE(read_telemetry(folder / "no such folder"));
  EXPECT_FALSE(read_telemetry(folder.path()));
}

}  // namespace
}  // namespace stune
