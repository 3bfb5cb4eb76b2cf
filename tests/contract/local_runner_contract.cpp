#include "stune/local_runner.hpp"
#include "tests/contract/runner_contract.hpp"
#include "tests/contract/script_place.hpp"

namespace stune::contract {
namespace {

class LocalUnderTest : public RunnerUnderTest {
 public:
  LocalUnderTest() : place_(std::filesystem::temp_directory_path()) {
    place_.workplace().clock = &clock_;
    restart();
  }
  Runner& runner() override { return *runner_; }
  void restart() override {
    runner_ = std::make_unique<LocalRunner>(LocalOptions{.stop_grace = Seconds(0.5)});
    runner_->open(place_.workplace());
  }
  Job job(AttemptId id, Behaviour behaviour) override {
    place_.prepare(id);
    return RunnerUnderTest::job(id, behaviour);
  }
  void tell(AttemptId id) override { place_.tell(id); }
  int starts(AttemptId id) override { return place_.starts(id); }
  void start_late(const Job& job) override { place_.run_node_program(job); }
  Clock& clock() override { return clock_; }

 private:
  SystemClock clock_;
  ScriptPlace place_;
  std::unique_ptr<LocalRunner> runner_;
};

INSTANTIATE_TEST_SUITE_P(Local, RunnerContract,
                         testing::Values(Factory{"local", [] { return std::make_unique<LocalUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace stune::contract
