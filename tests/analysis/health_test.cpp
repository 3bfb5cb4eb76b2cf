#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "analysis/analyses.hpp"
#include "tests/analysis/made_experiment.hpp"

namespace stune::analysis {
namespace {

using testing::HasSubstr;
using testing::Not;

/// "warning bounds: the best trial ..." for each row.
std::string findings(const Experiment& experiment) {
  std::string text;
  for (const auto& row : check_health(Subject(experiment)).rows) {
    text += std::get<std::string>(row[0]) + " " + std::get<std::string>(row[1]) + ": " + std::get<std::string>(row[2]) +
            "\n";
  }
  return text;
}

RunOptions plan(int trials, int parallel) {
  RunOptions run;
  run.trials = trials;
  run.parallel = parallel;
  return run;
}

TEST(Health, AGoodExperimentIsTold) {
  MadeExperiment made({range("x", 0, 1)}, {"loss", true}, plan(40, 2));
  made.sample(40, [](const Parameterization& p) { return std::pow(p.number("x") - 0.4, 2); });

  const Card card = check_health(Subject(*made));

  EXPECT_THAT(findings(*made), Not(HasSubstr("warning")));
  EXPECT_THAT(findings(*made), HasSubstr("good bounds"));
  EXPECT_THAT(findings(*made), HasSubstr("good model"));
  EXPECT_EQ(card.name, "Health");
}

TEST(Health, AModelThatOnlyOrdersTrialsIsNotSaidToForetellThem) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  made.sample(40, [](const Parameterization& p) { return std::exp(std::exp(5 * std::pow(p.number("x"), 4))); });

  EXPECT_THAT(findings(*made),
              HasSubstr("good model: the model tells better trials from worse, though not their values"));
}

TEST(Health, TheBestOnABoundIsAWarningWhereTheParameterMatters) {
  MadeExperiment made({range("x", 0, 1), range("idle", 0, 1)});
  made.sample(40, [](const Parameterization& p) { return p.number("x"); });
  made.complete({{"x", 0.0}, {"idle", 1.0}}, -0.01);

  EXPECT_THAT(findings(*made), HasSubstr("warning bounds: the best trial has x = 0, at its lower bound"));
  EXPECT_THAT(findings(*made), Not(HasSubstr("idle")));
}

TEST(Health, RepeatsAndAUsedUpSpaceAreNoted) {
  MadeExperiment made({integer("k", 1, 3)});
  for (const std::int64_t k : {1, 2, 3, 3}) made.complete({{"k", k}}, static_cast<double>(k));

  EXPECT_THAT(findings(*made), HasSubstr("note repeats: 1 trial repeats"));
  EXPECT_THAT(findings(*made), HasSubstr("note space: every parameterization has been tried"));
}

TEST(Health, FailuresThatBecomeMoreAreToldFromSomeAndFromAll) {
  MadeExperiment rising({range("x", 0, 1)}), some({range("x", 0, 1)}), all({range("x", 0, 1)});
  for (int i = 0; i < 20; ++i) {
    const Parameterization p{{"x", 0.04 * i}};
    i < 12 ? rising.complete(p, i) : rising.fail(p);
    i % 3 != 0 ? some.complete(p, i) : some.fail(p);
    all.fail(p);
  }

  EXPECT_THAT(findings(*rising), HasSubstr("8 of them in the second half: they become more"));
  EXPECT_THAT(findings(*some), HasSubstr("warning failures: 7 of 20 trials failed\n"));
  EXPECT_THAT(findings(*all), HasSubstr("not the parameters, is the likely cause"));
}

TEST(Health, AConstantMetricAndOneThatIsNoNumberAreWarnedOf) {
  MadeExperiment made({range("x", 0, 1)});
  made.sample(5, [](const Parameterization&) { return 3.0; });
  made.complete({{"x", 0.5}}, std::numeric_limits<double>::infinity());

  EXPECT_THAT(findings(*made), HasSubstr("warning values: all trials measured the same loss, 3"));
  EXPECT_THAT(findings(*made), HasSubstr("1 completed trial measured a loss that is not a finite number"));
}

TEST(Health, PureNoiseIsSeenByModelAndNoise) {
  MadeExperiment made({range("x", 0, 1), range("y", 0, 1)});
  generation::RandomNumbers random(3);
  made.sample(
      60, [&](const Parameterization&) { return random.normal(); }, 1.0);

  EXPECT_THAT(findings(*made), HasSubstr("warning model: the model is no better than the mean"));
  EXPECT_THAT(findings(*made), HasSubstr("warning noise: by their standard errors"));
}

TEST(Health, TooManyAtATimeAndTooFewInAllAreSaidBeforeAnythingHasRun) {
  MadeExperiment made({range("a", 0, 1), range("b", 0, 1), range("c", 0, 1), range("d", 0, 1)}, {"loss", true},
                      plan(10, 8));

  EXPECT_THAT(findings(*made), HasSubstr("warning parallel: 10 trials, 8 at a time"));
  EXPECT_THAT(findings(*made), HasSubstr("note budget: 10 trials for 4 parameters"));
}

TEST(Health, ARunnerOfTheUsersOwnCanBeTooParallelButAPersonWhoRunsTrialsCannot) {
  RunOptions own = plan(10, 8);
  own.runner = "custom";
  MadeExperiment runs({range("x", 0, 1)}, {"loss", true}, own), by_hand({range("x", 0, 1)}, {"loss", true}, own);
  runs.happen(SubmissionIntended{"a", {{runs.create({{"x", 0.5}}, "Sobol", false), 0}}});
  by_hand.create({{"x", 0.5}});

  EXPECT_THAT(findings(*runs), HasSubstr("warning parallel: 10 trials, 8 at a time"));
  EXPECT_THAT(findings(*by_hand), Not(HasSubstr("parallel")));
}

TEST(Health, AnEndlessPlateauIsNoted) {
  MadeExperiment made({range("x", 0, 1)});
  made.complete({{"x", 0.5}}, 0.0);
  for (int i = 0; i < 30; ++i) made.complete({{"x", 0.03 * i}}, 1.0 + i);

  EXPECT_THAT(findings(*made), HasSubstr("note progress: no improvement in the last 30 trials"));
}

}  // namespace
}  // namespace stune::analysis
