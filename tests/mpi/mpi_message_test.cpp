#include "runners/mpi_message.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace stune::mpi {
namespace {

Job awkward_job() {
  Job job;
  job.id = {7, 2};
  job.parameters = Parameterization{
      {"x", 0.1 + 0.2}, {"n", std::int64_t{-3}}, {"flag", true}, {"text", std::string("a\0b\xff ü", 7)}};
  job.avoid_hosts = {"n1", ""};
  job.metadata = Metadata{{"start", "1"}};
  return job;
}

template <class T>
T round_trip(const T& message) {
  return std::get<T>(decode(encode(message)));
}

TEST(MpiMessage, AnAssignmentArrivesAsItWasSent) {
  const Assign sent{"token", awkward_job()};

  const Assign got = round_trip(sent);

  EXPECT_EQ(got.token, sent.token);
  EXPECT_EQ(got.job.id, sent.job.id);
  EXPECT_EQ(got.job.parameters, sent.job.parameters);
  EXPECT_EQ(got.job.avoid_hosts, sent.job.avoid_hosts);
  EXPECT_EQ(got.job.metadata, sent.job.metadata);
}

TEST(MpiMessage, AReportArrivesAsItWasSent) {
  Ending ending{.cause = Cause::exit_code, .exit_code = 3, .detail = "line\n", .host = "n1"};
  ending.started = TimePoint(std::chrono::microseconds(5));
  const Report sent{{.id = {1, 0},
                     .state = JobState::ended,
                     .ending = ending,
                     .metadata = std::nullopt,
                     .observations = {{"loss", final_step, 0.5}, {"loss", 3, 1e-300, 0.1}},
                     .detail = "why"}};

  const Report got = round_trip(sent);

  EXPECT_EQ(got.report.id, sent.report.id);
  EXPECT_EQ(got.report.ending, sent.report.ending);
  EXPECT_EQ(got.report.metadata, sent.report.metadata);
  EXPECT_EQ(got.report.observations, sent.report.observations);
  EXPECT_EQ(got.report.detail, sent.report.detail);
}

TEST(MpiMessage, ADeathArrivesAsItWasTold) { EXPECT_EQ(round_trip(Died{7}).rank, 7); }

TEST(MpiMessage, AWorkplaceArrivesAsItWasSent) {
  Open sent;
  sent.workplace.folder = "/a/b.stune";
  sent.workplace.command = {"/a/s.sh", {"-x", "{x}"}};
  sent.workplace.environment = {{"PATH", "/bin"}, {"EMPTY", ""}};
  sent.workplace.metric_files = {"out.h5"};
  sent.workplace.trial_time_limit = Seconds(1.5);
  sent.options.ranks_per_trial = 4;
  sent.options.inherit_environment = true;

  const Open got = round_trip(sent);

  EXPECT_EQ(got.workplace.folder, sent.workplace.folder);
  EXPECT_EQ(got.workplace.command, sent.workplace.command);
  EXPECT_EQ(got.workplace.environment, sent.workplace.environment);
  EXPECT_EQ(got.workplace.metric_files, sent.workplace.metric_files);
  EXPECT_EQ(got.workplace.trial_time_limit, sent.workplace.trial_time_limit);
  EXPECT_EQ(got.options.ranks_per_trial, 4);
  EXPECT_TRUE(got.options.inherit_environment);
}

TEST(MpiMessage, NothingThatIsCutShortIsRead) {
  const std::string whole = encode(Assign{"token", awkward_job()});

  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(decode(std::string_view(whole).substr(0, length)), std::invalid_argument) << length;
  }
  EXPECT_THROW(decode(whole + "x"), std::invalid_argument);
  EXPECT_THROW(decode("\xff"), std::invalid_argument);
}

}  // namespace
}  // namespace stune::mpi
