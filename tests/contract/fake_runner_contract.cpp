#include "tests/contract/runner_contract.hpp"
#include "tests/support/fake_runner.hpp"

namespace stune::contract {
namespace {

class FakeUnderTest : public RunnerUnderTest {
 public:
  FakeUnderTest() {
    cluster_.set_script([this](const Job& job) { return begin(job); });
    restart();
  }
  Runner& runner() override { return *runner_; }
  void restart() override {
    runner_ = std::make_unique<FakeRunner>(cluster_);
    Workplace workplace;
    workplace.clock = &clock_;
    runner_->open(workplace);
  }
  void tell(AttemptId id) override {
    if (cluster_.find(id) != nullptr && cluster_.find(id)->state != JobState::ended) cluster_.finish(id);
  }
  int starts(AttemptId id) override { return cluster_.starts(id); }
  void start_late(const Job& job) override { cluster_.start_late(job.id); }
  Clock& clock() override { return clock_; }
  bool can_ignore_requests() const override { return false; }

 private:
  static std::optional<FakeOutcome> begin(const Job& job) {
    const std::string& behaviour = job.parameters.text("behaviour");
    if (behaviour == to_string(Behaviour::succeeds)) return FakeOutcome{};
    if (behaviour != to_string(Behaviour::fails)) return std::nullopt;
    return FakeOutcome{.cause = Cause::exit_code, .exit_code = 3, .detail = "line 3\nline 4\nline 5\nline 6\nline 7"};
  }

  SystemClock clock_;
  FakeCluster cluster_;
  std::unique_ptr<FakeRunner> runner_;
};

INSTANTIATE_TEST_SUITE_P(Fake, RunnerContract,
                         testing::Values(Factory{"fake", [] { return std::make_unique<FakeUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace stune::contract
