// Functions evaluated on worker ranks. Start it with mpirun -n 5.
#include <gmock/gmock.h>
#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/clock.hpp"
#include "stune/error.hpp"
#include "stune/mpi_runner.hpp"

namespace stune {
namespace {

using testing::HasSubstr;

MpiWorld* world = nullptr;
const Seconds forever(60);

/// By a clock that all processes of this machine share.
double seconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// What every worker evaluates: does what its parameters say.
MpiResults behave(const Parameterization& parameters, MpiTrial& trial) {
  const std::string& what = parameters.text("what");
  if (what == "square") return {{"loss", parameters.number("x") * parameters.number("x")}};
  if (what == "throws") throw std::runtime_error("it does not converge");
  if (what == "dies") ::raise(SIGKILL);
  if (what == "counts threads") {
    cpu_set_t cores;
    ::sched_getaffinity(0, sizeof cores, &cores);
    const char* const threads = ::getenv("OMP_NUM_THREADS");
    return {{"loss", threads ? std::atoi(threads) : 0}, {"cores", CPU_COUNT(&cores)}};
  }
  if (what == "hangs later") {
    ::signal(SIGALRM, [](int) { ::raise(SIGSTOP); });
    const itimerval soon{{}, {0, 100'000}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    return {{"loss", 0}, {"pid", ::getpid()}};
  }
  if (what == "steps") {
    for (int step = 1; step <= 3; ++step) trial.report("loss", step, 1.0 / step);
    trial.report("error", final_step, 2.0, 0.5);
    return {{"loss", 0.25}};
  }
  if (what == "waits") {
    while (!trial.stop_asked()) {
    }
    return {};
  }
  if (what == "sleeps") {
    const timespec a_while{0, 300'000'000};
    ::nanosleep(&a_while, nullptr);
    return {{"loss", 1}};
  }
  if (what == "says when it ended") {
    const timespec a_while{0, 100'000'000};
    ::nanosleep(&a_while, nullptr);
    return {{"loss", seconds_now()}};
  }
  // The sum over the trial's ranks of what each of them has.
  const MPI_Comm ranks = MPI_Comm_f2c(trial.communicator());
  int rank = 0;
  int size = 0;
  MPI_Comm_rank(ranks, &rank);
  MPI_Comm_size(ranks, &size);
  if (what == "last dies" && rank == size - 1) ::raise(SIGKILL);
  if (what == "last dies") return {{"loss", 0}};
  if (what == "last throws" && rank == size - 1) throw std::runtime_error("not here");
  if (what == "last throws") return {{"loss", 0}};
  double sum = 0;
  const double mine = parameters.number("x") + rank;
  MPI_Allreduce(&mine, &sum, 1, MPI_DOUBLE, MPI_SUM, ranks);
  return {{"loss", sum}, {"size", size}};
}

class MpiFunctions : public testing::Test {
 protected:
  void open(MpiOptions options = {}, Seconds limit = Seconds(0)) {
    Workplace workplace;
    workplace.folder = testing::TempDir();
    workplace.clock = &clock_;
    workplace.trial_time_limit = limit;
    runner_ = std::make_unique<MpiRunner>(*world, options);
    runner_->open(workplace);
  }
  void submit(int trial, const std::string& what, double x = 0) {
    runner_->submit({{"token", {{{trial, 0}, Parameterization{{"what", what}, {"x", x}}, 0, {}, {}}}}});
  }
  bool poll_until(const std::function<bool()>& done) {
    const TimePoint deadline = clock_.now() + std::chrono::duration_cast<TimePoint::duration>(forever);
    while (!done() && clock_.now() < deadline) {
      for (JobReport& report : runner_->poll(clock_.now())) reports_.push_back(std::move(report));
      const int fd = runner_->wake_fd();
      if (!done()) clock_.wait({&fd, 1}, runner_->next_poll());
    }
    return done();
  }
  const JobReport* ended(int trial) const {
    for (const JobReport& report : reports_) {
      if (report.id.trial == trial && report.state == JobState::ended) return &report;
    }
    return nullptr;
  }
  const JobReport& end(int trial) {
    static const JobReport none;
    EXPECT_TRUE(poll_until([&] { return ended(trial) != nullptr; })) << trial;
    return ended(trial) ? *ended(trial) : none;
  }
  bool runs(int trial) const {
    return std::ranges::any_of(reports_, [&](const JobReport& report) {
      return report.id.trial == trial && report.state == JobState::running;
    });
  }

  SystemClock clock_;
  std::unique_ptr<MpiRunner> runner_;
  std::vector<JobReport> reports_;
};

TEST_F(MpiFunctions, ResultsComeWithTheEnd) {
  open();
  for (int trial = 0; trial < 20; ++trial) submit(trial, "square", trial);

  for (int trial = 0; trial < 20; ++trial) {
    const JobReport& report = end(trial);
    ASSERT_EQ(report.ending->cause, Cause::completed);
    ASSERT_EQ(report.observations.size(), 1U);
    EXPECT_EQ(report.observations[0], (Observation{"loss", final_step, 1.0 * trial * trial}));
  }
}

TEST_F(MpiFunctions, WhatIsThrownFailsTheTrialWithItsMessage) {
  open();
  submit(0, "throws");

  const JobReport& report = end(0);

  EXPECT_EQ(report.ending->cause, Cause::exit_code);
  EXPECT_EQ(report.ending->detail, "it does not converge");
}

TEST_F(MpiFunctions, AnEndIsKnownWithinFiftyMilliseconds) {
  open();
  std::vector<double> delays;
  for (int trial = 0; trial < 9; ++trial) {
    submit(trial, "says when it ended");
    const double ended = end(trial).observations.at(0).mean;
    delays.push_back(seconds_now() - ended);
  }

  std::ranges::nth_element(delays, delays.begin() + 4);

  EXPECT_LT(delays[4], 0.05) << "the median, in seconds";
}

TEST_F(MpiFunctions, StepsAreToldAsTheyCome) {
  open();
  submit(0, "steps");
  end(0);

  std::vector<Observation> told;
  for (const JobReport& report : reports_)
    told.insert(told.end(), report.observations.begin(), report.observations.end());

  ASSERT_EQ(told.size(), 5U);
  ASSERT_TRUE(told[0].at && told[2].at) << "a step says when it was told";
  EXPECT_LE(*told[0].at, *told[2].at);
  told[2].at.reset();
  EXPECT_EQ(told[2], (Observation{"loss", 3, 1.0 / 3}));
  EXPECT_EQ(told[3], (Observation{"error", final_step, 2.0, 0.5}));
  EXPECT_EQ(told[4], (Observation{"loss", final_step, 0.25}));
}

TEST_F(MpiFunctions, ThreadsAreAsManyAsTheCoresThatAFunctionHas) {
  if (world->workers() > 1) GTEST_SKIP() << "needs a core for each worker: start it with mpirun -n 2";
  open({.cpus_per_trial = 1});
  submit(0, "counts threads");

  EXPECT_EQ(end(0).observations.at(0), (Observation{"cores", final_step, 1}));
  EXPECT_EQ(end(0).observations.at(1), (Observation{"loss", final_step, 1}));
}

TEST_F(MpiFunctions, AFunctionThatListensCanBeStopped) {
  open();
  submit(0, "waits");
  ASSERT_TRUE(poll_until([&] { return runs(0); }));
  const AttemptId id{0, 0};

  runner_->stop({&id, 1});

  EXPECT_EQ(end(0).ending->cause, Cause::stopped);
}

TEST_F(MpiFunctions, ATrialBeyondItsTimeIsGivenUpAndItsWorkerIsUsedAgainLater) {
  open({.short_trial = Seconds(0)}, Seconds(0.05));
  const int all = world->workers();
  for (int trial = 0; trial < all; ++trial) submit(trial, "sleeps");
  for (int trial = 0; trial < all; ++trial) EXPECT_EQ(end(trial).ending->cause, Cause::timeout);
  EXPECT_EQ(runner_->capacity(), 0);

  ASSERT_TRUE(poll_until([&] { return runner_->capacity() == all; }));
  submit(all, "square", 3);

  EXPECT_EQ(end(all).ending->cause, Cause::completed);
}

TEST_F(MpiFunctions, AWorkerThatIsSilentGetsNothingUntilItIsHeardAgain) {
  open({.short_trial = Seconds(0), .worker_patience = Seconds(3)});
  submit(0, "hangs later");
  const auto pid = static_cast<pid_t>(end(0).observations.at(1).mean);
  const int all = world->workers();
  ASSERT_TRUE(poll_until([&] { return runner_->capacity() == all; }));

  EXPECT_TRUE(poll_until([&] { return runner_->capacity() == all - 1; }));
  ::kill(pid, SIGCONT);
  EXPECT_TRUE(poll_until([&] { return runner_->capacity() == all; }));
}

TEST_F(MpiFunctions, WhatAnEarlierProcessEvaluatedIsLost) {
  open();
  Job job{{0, 0}, Parameterization{{"what", std::string("square")}, {"x", 1.0}}, 0, {}, Metadata{{"rank", "2"}}};

  runner_->adopt({{"token", {job}}});

  EXPECT_EQ(end(0).ending->cause, Cause::lost);
}

TEST_F(MpiFunctions, SeveralRanksEvaluateOneTrialTogether) {
  open({.ranks_per_trial = 2});
  for (int trial = 0; trial < 6; ++trial) submit(trial, "sum", trial);

  for (int trial = 0; trial < 6; ++trial) {
    const JobReport& report = end(trial);
    ASSERT_EQ(report.ending->cause, Cause::completed);
    EXPECT_EQ(report.observations[0].mean, 2.0 * trial + 1.0);
    EXPECT_EQ(report.observations[1].mean, 2.0);
  }
}

TEST_F(MpiFunctions, WhatAnyOfTheRanksThrowsFailsTheTrial) {
  open({.ranks_per_trial = 2});
  submit(0, "last throws");

  EXPECT_EQ(end(0).ending->detail, "not here");
}

TEST_F(MpiFunctions, MoreRanksPerTrialThanThereAreIsRefused) {
  try {
    open({.ranks_per_trial = 99});
    FAIL();
  } catch (const RunnerError& e) {
    EXPECT_THAT(e.what(), HasSubstr("mpirun -n 100"));
  }
}

// Last: they cost ranks.
TEST_F(MpiFunctions, ATeamThatLostARankIsNotUsedAgain) {
  open({.ranks_per_trial = 2, .short_trial = Seconds(0)});
  submit(0, "last dies");

  EXPECT_EQ(end(0).ending->cause, Cause::node_failure);
  for (int trial = 1; trial < 6; ++trial) submit(trial, "sum", trial);
  for (int trial = 1; trial < 6; ++trial) EXPECT_EQ(end(trial).ending->cause, Cause::completed);
  EXPECT_EQ(runner_->capacity(), world->workers() / 2 - 1);
}

TEST_F(MpiFunctions, TheOthersGoOnWhereARankHasDied) {
  open({.short_trial = Seconds(0)});
  ASSERT_TRUE(poll_until([&] { return runner_->capacity() >= world->workers() - 1; }));
  const int before = runner_->capacity();
  submit(0, "dies");
  submit(1, "square", 2);

  EXPECT_EQ(end(0).ending->cause, Cause::node_failure);
  EXPECT_THAT(end(0).ending->detail, HasSubstr("has died"));
  for (int trial = 2; trial < 12; ++trial) submit(trial, "square", trial);
  for (int trial = 1; trial < 12; ++trial) EXPECT_EQ(end(trial).ending->cause, Cause::completed);
  EXPECT_EQ(runner_->capacity(), before - 1);
}

}  // namespace
}  // namespace stune

int main(int argc, char** argv) {
  stune::MpiWorld ranks(argc, argv);
  if (ranks.is_worker()) return ranks.work(stune::behave);
  testing::InitGoogleMock(&argc, argv);
  stune::world = &ranks;
  return RUN_ALL_TESTS();
}
