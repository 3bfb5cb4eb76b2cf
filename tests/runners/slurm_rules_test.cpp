// Pure rules of the Slurm runner: how fast it submits and asks, what more a job is granted, what people are advised.
#include <gmock/gmock.h>

#include "base/file.hpp"
#include "base/random.hpp"
#include "runners/slurm_advice.hpp"
#include "runners/slurm_chain.hpp"
#include "runners/slurm_escalation.hpp"
#include "runners/slurm_pace.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

using testing::ElementsAre;

TimePoint at(double seconds) { return later(TimePoint{}, Seconds(seconds)); }

TEST(SlurmPace, ABurstGoesOutAtOnceAndThenOneAtATime) {
  Pace pace(1.0, 3);
  int calls = 0;
  for (double t = 0; t < 10; t += 0.25) {
    while (pace.due() <= at(t)) {
      pace.spend(at(t));
      ++calls;
    }
    EXPECT_LE(calls, 3 + static_cast<int>(t)) << t;
  }

  EXPECT_EQ(calls, 12);
}

TEST(SlurmPace, WhoeverPausedHasItsBurstAgainAndNoMore) {
  Pace pace(1.0, 3);
  for (int i = 0; i < 3; ++i) pace.spend(at(0));
  int calls = 0;
  while (pace.due() <= at(100)) {
    pace.spend(at(100));
    ++calls;
  }

  EXPECT_EQ(calls, 3);
}

TEST(SlurmPace, WithoutARateThereIsNoLimit) {
  Pace pace(0.0, 10);
  for (int i = 0; i < 1000; ++i) pace.spend(at(0));

  EXPECT_LE(pace.due(), at(0));
}

TEST(SlurmRhythm, ASlowControllerIsAskedLessAndAFailedAnswerDoublesTheWait) {
  Rhythm rhythm(Seconds(60), 1.5, Seconds(300));
  rhythm.took(Seconds(5));
  rhythm.news(at(0));
  EXPECT_EQ(rhythm.due(), at(150));
  rhythm.took(Seconds(0.1));
  rhythm.failed(at(0));
  EXPECT_EQ(rhythm.due(), at(120));
  rhythm.failed(at(0));
  rhythm.failed(at(0));

  EXPECT_EQ(rhythm.due(), at(300));
  rhythm.took(Seconds(40));
  rhythm.news(at(0));
  EXPECT_EQ(rhythm.due(), at(300)) << "more than the longest wait it never is";
}

TEST(SlurmRhythm, WhateverHastensALookItIsNeverSoonerThanAnIntervalAfterTheLast) {
  Rhythm rhythm(Seconds(60), 1.5, Seconds(300));
  rhythm.hasten(at(0));
  EXPECT_EQ(rhythm.due(), at(0)) << "the first";
  rhythm.begin(at(0));
  rhythm.quiet(at(1));
  rhythm.hasten(at(10));
  EXPECT_EQ(rhythm.due(), at(60));
  rhythm.rest();
  rhythm.hasten(at(20));
  EXPECT_EQ(rhythm.due(), at(60));
  rhythm.begin(at(60));
  rhythm.rest();
  rhythm.hasten(at(500));

  EXPECT_EQ(rhythm.due(), at(500));
}

TEST(SlurmRhythm, WhatIsSetInMotionAgainAndAgainDoesNotPutALookOff) {
  Rhythm rhythm(Seconds(2), 1.5, Seconds(10));
  for (int second = 0; second < 30; ++second) {
    rhythm.expect(at(second));
    EXPECT_LE(rhythm.due(), at(second + 2));
    EXPECT_GE(rhythm.due(), at(second)) << "looked at in time";
    if (rhythm.due() > at(second + 1)) continue;
    rhythm.begin(at(second + 1));
    rhythm.quiet(at(second + 1));
  }
}

TEST(SlurmPace, WhatAnEarlierProcessSpentIsSpent) {
  Pace first(1.0, 3);
  for (int i = 0; i < 3; ++i) first.spend(at(100));
  Pace second(1.0, 3);
  second.resume(first.full(), at(100));
  EXPECT_EQ(second.due(), first.due());
  Pace after_a_step_of_the_clock(1.0, 3);
  after_a_step_of_the_clock.resume(at(1e6), at(100));

  EXPECT_LE(after_a_step_of_the_clock.due(), at(101));
}

TEST(SlurmTiming, FileSystemsAndDaemonsGetTheirTimeHoweverOftenTheQueueIsLookedAt) {
  SlurmOptions often;
  often.poll_start = Seconds(10);
  EXPECT_EQ(Timing(often).vanish, Seconds(120));
  EXPECT_EQ(Timing(often).grace, Seconds(60));
  EXPECT_EQ(Timing(SlurmOptions{}).vanish, Seconds(120));
  often.poll_start = Seconds(200);
  EXPECT_EQ(Timing(often).vanish, Seconds(400));
  often.poll_start = Seconds(1);

  EXPECT_EQ(Timing(often).vanish, Seconds(2)) << "to try things out";
}

TEST(SlurmRhythm, AQueueThatForgetsEarlyIsSeenBeforeItDoesUnlessTheUserWantsLess) {
  Rhythm rhythm(Seconds(60), 1.5, Seconds(300));
  rhythm.set_cap(Seconds(100));
  for (int i = 0; i < 10; ++i) rhythm.quiet(at(0));
  EXPECT_EQ(rhythm.due(), at(100));
  rhythm.set_cap(Seconds(1));
  rhythm.quiet(at(0));
  rhythm.quiet(at(0));

  EXPECT_EQ(rhythm.due(), at(60));
}

TEST(SlurmEscalation, TimeLimitsAreReadAsSbatchReadsThem) {
  const std::pair<const char*, double> table[] = {{"30", 1800},       {"30:15", 1815},     {"01:00:00", 3600},
                                                  {"2-0", 172800},    {"1-12:30", 131400}, {"1-0:0:1", 86401},
                                                  {"00:00:30", 30.0}, {"0", 0.0}};
  for (const auto& [text, seconds] : table) EXPECT_EQ(parse_time_limit(text), Seconds(seconds)) << text;
  for (const char* text : {"", "UNLIMITED", "-1", "1:2:3:4", "1-", "a", "1:", "1-2-3", "99999999999"}) {
    EXPECT_FALSE(parse_time_limit(text)) << text;
  }
}

TEST(SlurmEscalation, LimitsWrittenAreLimitsRead) {
  for (const double seconds : {1.0, 59.0, 3600.0, 86399.0, 86400.0, 1e6}) {
    EXPECT_EQ(parse_time_limit(format_time_limit(Seconds(seconds))), Seconds(seconds));
  }
}

TEST(SlurmEscalation, EveryFormOfTheOptionsIsMultipliedAndNothingElse) {
  EXPECT_THAT(
      with_more({"--time=30", "-t", "10", "-t5", "--time", "1:00:00", "--time-min=5", "--mem=4G", "-n4"}, 2, 1.5),
      ElementsAre("--time=0-01:00:00", "-t", "0-00:20:00", "-t0-00:10:00", "--time", "0-02:00:00", "--time-min=5",
                  "--mem=6144M", "-n4"));
  EXPECT_THAT(with_more({"--mem-per-cpu", "100", "--mem-per-gpu=1.5G", "--mem-bind=local"}, 1, 2),
              ElementsAre("--mem-per-cpu", "200M", "--mem-per-gpu=3072M", "--mem-bind=local"));
  EXPECT_THAT(with_more({"--mem=22022020200P"}, 1, 1.5), ElementsAre("--mem=22022020200P"));  // more than there is
  EXPECT_THAT(with_more({"--time=UNLIMITED", "--mem=0", "--mem"}, 2, 2),
              ElementsAre("--time=UNLIMITED", "--mem=0", "--mem"));
  EXPECT_THAT(with_more({"--time=30", "--mem=1G"}, 1, 1), ElementsAre("--time=30", "--mem=1G"));
}

TEST(SlurmChain, ThreeCoordinatorsWithinAMinuteEndIt) {
  const Chain chain{std::filesystem::path(testing::TempDir()) / ("chain-" + random_name(8)), "chain"};
  create_folders(chain.experiment / "coordinator");
  const TimePoint start = at(1e9);

  EXPECT_TRUE(begin_generation(chain, start));
  EXPECT_TRUE(begin_generation(chain, later(start, Seconds(20))));
  EXPECT_TRUE(begin_generation(chain, later(start, Seconds(70))));
  EXPECT_FALSE(begin_generation(chain, later(start, Seconds(79))));
  EXPECT_TRUE(begin_generation(chain, later(start, Seconds(1000))));
  EXPECT_TRUE(begin_generation(chain, later(start, Seconds(1010))));
  EXPECT_TRUE(begin_generation(chain, later(start, Seconds(900)))) << "on a node whose clock is behind";
  std::filesystem::remove_all(chain.experiment);
}

TEST(SlurmChain, ItsScriptHoldsTheUsersOptionsAndRefusesWhatCannotWork) {
  const Chain chain{std::filesystem::path(testing::TempDir()) / ("chain-" + random_name(8)), "chain"};

  write_chain(chain, "/opt/it's/stune", {{"SBATCH_ACCOUNT", "site"}}, {"--time=1-0 -p 'a b'", "--mem=1G"});

  const std::string script = read_file(chain.experiment / "coordinator" / "job.sh").value();
  EXPECT_THAT(script,
              testing::HasSubstr("#SBATCH --account=site\n#SBATCH --time=1-0\n#SBATCH -p \"a b\"\n#SBATCH --mem=1G\n"));
  EXPECT_THAT(script, testing::HasSubstr("exec '/opt/it'\\''s/stune' resume"));
  EXPECT_THROW(write_chain(chain, "/stune", {}, {"--array=0-3"}), ConfigError);
  std::filesystem::remove_all(chain.experiment);
}

TEST(SlurmAdvice, StuckJobsComeWithWhatToDoAndUsualOnesDoNot) {
  for (const char* reason :
       {"PartitionConfig", "DependencyNeverSatisfied", "JobHeldUser", "QOSMaxJobsPerUserLimit",
        "AssocGrpCPUMinutesLimit", "ReqNodeNotAvail, UnavailableNodes:n[1-3]", "job requeued in held state",
        "launch_failed_requeued_held", "JobHoldMaxRequeue", "ReservationDeleted",
        "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
        "Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved_for_jobs_in_higher_priority_partitions"}) {
    EXPECT_FALSE(is_usual(reason)) << reason;
    EXPECT_NE(advice(reason), "") << reason;
  }
  for (const char* reason : {"", "None", "Priority", "Resources"}) EXPECT_TRUE(is_usual(reason)) << reason;
  EXPECT_EQ(advice("SomethingOfALaterSlurm"), "");
  EXPECT_NE(advice("ReservationDeleted"), advice("Reservation"));
}

}  // namespace
}  // namespace stune::slurm
