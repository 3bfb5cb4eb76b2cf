#include <set>

#include "runners/per_trial_runner.hpp"
#include "tests/contract/runner_contract.hpp"

namespace stune::contract {
namespace {

/// The external system: outlives coordinators.
struct Laboratory {
  std::map<int, std::string> behaviours;
  std::map<int, int> starts;
  std::set<int> told;
};

class LaboratoryRunner : public TrialRunner {
 public:
  explicit LaboratoryRunner(Laboratory& laboratory) : laboratory_(laboratory) {}
  Metadata run_trial(int trial_index, const Parameterization& parameters) override {
    ++laboratory_.starts[trial_index];
    laboratory_.behaviours[trial_index] = parameters.text("behaviour");
    return {{"bench", std::to_string(trial_index)}};
  }
  TrialStatus poll_trial(int, const Metadata& metadata) override {
    const int bench = std::stoi(metadata.at("bench"));
    const std::string& behaviour = laboratory_.behaviours.at(bench);
    if (behaviour == to_string(Behaviour::succeeds)) return TrialStatus::completed;
    if (behaviour == to_string(Behaviour::fails)) return TrialStatus::failed;
    return laboratory_.told.contains(bench) ? TrialStatus::completed : TrialStatus::running;
  }
  void stop_trial(int, const Metadata&) override {}

 private:
  Laboratory& laboratory_;
};

class PerTrialUnderTest : public RunnerUnderTest {
 public:
  PerTrialUnderTest() { restart(); }
  Runner& runner() override { return *runner_; }
  void restart() override {
    const PerTrialOptions quick{.poll_start = Seconds(0.001), .poll_growth = 1.5, .poll_cap = Seconds(0.01)};
    runner_ = std::make_unique<PerTrialRunner>(std::make_unique<LaboratoryRunner>(laboratory_), quick);
    Workplace workplace;
    workplace.clock = &clock_;
    runner_->open(workplace);
  }
  void tell(AttemptId id) override { laboratory_.told.insert(id.trial); }
  int starts(AttemptId id) override { return laboratory_.starts[id.trial]; }
  void start_late(const Job&) override {}
  Clock& clock() override { return clock_; }
  bool proves_absence() const override { return false; }
  bool sees_exit_codes() const override { return false; }
  bool sees_output() const override { return false; }
  bool can_ignore_requests() const override { return false; }

 private:
  SystemClock clock_;
  Laboratory laboratory_;
  std::unique_ptr<PerTrialRunner> runner_;
};

INSTANTIATE_TEST_SUITE_P(PerTrial, RunnerContract,
                         testing::Values(Factory{"per_trial", [] { return std::make_unique<PerTrialUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace stune::contract
