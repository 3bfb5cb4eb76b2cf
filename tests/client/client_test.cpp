#include "stune/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/clock.hpp"
#include "client/session.hpp"
#include "storage/requests.hpp"
#include "stune/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace stune {
namespace {

double loss_of(const Parameterization& p) { return std::pow(p.number("x") - 0.3, 2); }

/// Cannot work anywhere.
class SilentRunner : public Runner {
 public:
  void open(const Workplace&) override { throw RunnerError("the silent runner was opened"); }
  int capacity() const override { return 0; }
  void submit(std::vector<Submission>) override {}
  void adopt(std::vector<Submission>) override {}
  void stop(std::span<const AttemptId>) override {}
  std::vector<JobReport> poll(TimePoint) override { return {}; }
  TimePoint next_poll() const override { return TimePoint::max(); }
};

class ClientTest : public testing::Test {
 protected:
  Client configured(double upper = 1.0) {
    Client client;
    client.configure_experiment(
        {.name = "toy",
         .parameters = {range("x", 0.0, upper), choice("c", {std::string("a"), std::string("b")})},
         .folder = folder_ / "toy.stune",
         .seed = 5});
    client.configure_optimization({.objective = "-loss"});
    return client;
  }

  TemporaryFolder folder_;
};

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST_F(ClientTest, CallsOutOfOrderSayWhatIsMissing) {
  Client client;

  EXPECT_THAT(message_of([&] { client.get_next_trials(1); }), testing::HasSubstr("configure_experiment"));
  client.configure_experiment({.name = "toy", .parameters = {range("x", 0, 1)}, .folder = folder_ / "toy.stune"});
  EXPECT_THAT(message_of([&] { client.get_next_trials(1); }), testing::HasSubstr("configure_optimization"));
  client.configure_optimization({.objective = "loss"});
  EXPECT_THAT(message_of([&] { client.run_trials({.max_trials = 1}); }), testing::HasSubstr("configure_runner"));
  EXPECT_THAT(message_of([&] { client.get_best_parameterization(); }), testing::HasSubstr("not begun"));
}

TEST_F(ClientTest, AskAndTellFindsTheMinimum) {
  Client client = configured();

  for (int i = 0; i < 15; ++i) {
    for (const auto& [trial, parameters] : client.get_next_trials(1)) {
      EXPECT_EQ(client.complete_trial(trial, {{"loss", {.mean = loss_of(parameters)}}}), TrialStatus::completed);
    }
  }

  EXPECT_NEAR(client.get_best_parameterization(false).parameters.number("x"), 0.3, 0.02);
  EXPECT_NEAR(client.get_best_parameterization().parameters.number("x"), 0.3, 0.02);
  EXPECT_GE(client.compute_analyses().size(), 5U);
}

TEST_F(ClientTest, PredictionsAreInTheUsersUnits) {
  Client client = configured();
  for (int i = 0; i < 12; ++i) {
    for (const auto& [trial, p] : client.get_next_trials(1)) {
      client.complete_trial(trial, {{"loss", {.mean = 1000.0 + loss_of(p)}}});
    }
  }

  const auto predicted = client.predict({client.trials()[4].parameters});

  EXPECT_NEAR(predicted.at(0).at("loss").mean, 1000.0 + loss_of(client.trials()[4].parameters), 0.05);
}

TEST_F(ClientTest, AnotherProgramGoesOnWhereTheFirstEnded) {
  configured().get_next_trials(3);
  Client second = configured();

  const auto trials = second.get_next_trials(1);

  EXPECT_EQ(trials.begin()->first, 3);
  EXPECT_EQ(second.trials().size(), 4U);
}

TEST_F(ClientTest, AnotherSearchSpaceIsRefusedAndNothingChanges) {
  configured().get_next_trials(2);

  EXPECT_THAT(message_of([&] { configured(2.0).get_next_trials(1); }), testing::HasSubstr("another search space"));
  Client same = configured();
  same.get_next_trials(1);
  EXPECT_EQ(same.trials().size(), 3U);
}

TEST_F(ClientTest, ATrialIsToldOnce) {
  Client client = configured();
  client.get_next_trials(1);
  client.complete_trial(0, {{"loss", {.mean = 1.0}}});

  EXPECT_THAT(message_of([&] { client.complete_trial(0, {{"loss", {.mean = 2.0}}}); }), testing::HasSubstr("trial 0"));
  EXPECT_THAT(message_of([&] { client.mark_trial_failed(7); }), testing::HasSubstr("no trial 7"));
}

TEST_F(ClientTest, WithoutTheObjectiveACompletedTrialIsAFailure) {
  Client client = configured();
  client.get_next_trials(1);

  EXPECT_EQ(client.complete_trial(0, {{"time", {.mean = 1.0}}}), TrialStatus::failed);
}

TEST_F(ClientTest, AnObjectiveThatIsNoFiniteNumberIsAFailureWithAReason) {
  Client client = configured();
  client.get_next_trials(3);

  EXPECT_EQ(client.complete_trial(0, {{"loss", {.mean = std::nan("")}}}), TrialStatus::failed);
  client.attach_data(1, {{"loss", {.mean = INFINITY}}}, 3);
  EXPECT_EQ(client.complete_trial(1, {}), TrialStatus::failed);
  EXPECT_EQ(client.complete_trial(2, {{"loss", {.mean = 1.0}}, {"time", {.mean = std::nan("")}}}),
            TrialStatus::completed);

  EXPECT_EQ(client.trials()[0].reason, "the trial reported loss = nan");
  EXPECT_EQ(client.trials()[1].reason, "the trial reported loss = inf at step 3");
}

TEST_F(ClientTest, AnObjectiveThatWasAttachedCompletesATrial) {
  Client client = configured();
  client.get_next_trials(1);
  client.attach_data(0, {{"loss", {.mean = 0.5}}}, 7);

  EXPECT_EQ(client.complete_trial(0, {}), TrialStatus::completed);
}

TEST_F(ClientTest, AStopThatSomebodyTypesEndsTheAskingUntilTheProgramIsStartedAgain) {
  {
    Client client = configured();
    client.get_next_trials(1);
    write_request(client.folder(), StopRequest{{}, "typed"}, SystemClock().now());

    EXPECT_TRUE(client.get_next_trials(1).empty());
    EXPECT_EQ(client.complete_trial(0, {{"loss", {.mean = 1.0}}}), TrialStatus::completed);
  }
  EXPECT_EQ(configured().get_next_trials(1).size(), 1U);
}

TEST_F(ClientTest, WhatCommandsAskForIsDoneInTheNextCall) {
  Client client = configured();
  client.get_next_trials(2);
  write_request(client.folder(), StopRequest{0, "typed"}, SystemClock().now());
  write_request(client.folder(), TellRequest{1, {{"loss", final_step, 0.5, 0.0}}, TrialStatus::completed, {}},
                SystemClock().now());

  client.get_next_trials(1);

  EXPECT_EQ(client.trials()[0].status, TrialStatus::abandoned);
  EXPECT_EQ(client.trials()[1].status, TrialStatus::completed);
}

TEST_F(ClientTest, WhatIsAskedForAndToldHasNoEndOfItsOwn) {
  Client client = configured();
  client.get_next_trials(1);
  client.complete_trial(0, {{"loss", {.mean = 1.0}}});

  EXPECT_GT(view(client.folder()).experiment.options().trials, 1000);
}

TEST_F(ClientTest, SeveralObjectivesAreNotSupportedYet) {
  Client client;

  EXPECT_THAT(message_of([&] { client.configure_optimization({.objective = "-loss, accuracy"}); }),
              testing::HasSubstr("not supported yet"));
  EXPECT_THAT(message_of([&] {
                client.configure_optimization({"-loss", {"time <= 3"}});
              }),
              testing::HasSubstr("not supported yet"));
}

TEST_F(ClientTest, ConstraintsOnParametersAreReadAndNotSupportedYet) {
  const auto configure = [&](const std::string& constraint) {
    return message_of([&] {
      Client().configure_experiment({.name = "toy",
                                     .parameters = {range("x", 0.0, 1.0), range("y", 0.0, 1.0)},
                                     .parameter_constraints = {constraint},
                                     .folder = folder_ / "toy.stune"});
    });
  };

  EXPECT_THAT(configure("x + y <= 1.5"), testing::HasSubstr("not supported yet"));
  EXPECT_THAT(configure("x + z <= 1.5"), testing::HasSubstr("cannot read"));
}

TEST_F(ClientTest, CommandsReportTheObjectiveWithoutAMetricBeingConfigured) {
  Client client;
  client.configure_experiment({.name = "toy",
                               .parameters = {range("x", 0.0, 1.0)},
                               .folder = folder_ / "toy.stune",
                               .command = {.arguments = {"no-such-program-here"}}});
  client.configure_optimization({.objective = "-loss"});
  client.configure_runner(std::make_unique<SilentRunner>());

  EXPECT_THAT(message_of([&] { client.run_trials({.max_trials = 1}); }), testing::HasSubstr("silent"));
}

}  // namespace
}  // namespace stune
