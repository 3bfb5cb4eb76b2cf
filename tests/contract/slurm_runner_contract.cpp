// The contract on a real Slurm: SLURM_CONF says which.
#include <cstdlib>

#include "base/commands.hpp"
#include "base/random.hpp"
#include "stune/slurm_runner.hpp"
#include "tests/contract/runner_contract.hpp"
#include "tests/contract/script_place.hpp"

namespace stune::contract {
namespace {

class SlurmUnderTest : public RunnerUnderTest {
 public:
  SlurmUnderTest() : place_(std::filesystem::temp_directory_path()), prefix_("contract-" + random_name(8) + "-") {
    place_.workplace().clock = &clock_;
    restart();
  }
  Runner& runner() override { return *runner_; }
  void restart() override {
    runner_.reset();
    commands_ = make_child_commands(clock_);
    place_.workplace().commands = commands_.get();
    SlurmOptions options;
    options.poll_start = options.poll_cap = Seconds(1);
    runner_ = std::make_unique<SlurmRunner>(options);
    runner_->open(place_.workplace());
  }
  Job job(AttemptId id, Behaviour behaviour) override {
    place_.prepare(id);
    return RunnerUnderTest::job(id, behaviour);
  }
  std::string token_prefix() const override { return prefix_; }
  void tell(AttemptId id) override { place_.tell(id); }
  int starts(AttemptId id) override { return place_.starts(id); }
  void start_late(const Job& job) override { place_.run_node_program(job); }
  Clock& clock() override { return clock_; }
  Seconds patience() const override { return Seconds(90); }

 private:
  SystemClock clock_;
  ScriptPlace place_;
  std::string prefix_;  // other tests' jobs are in the same queue
  std::unique_ptr<Commands> commands_;
  std::unique_ptr<SlurmRunner> runner_;
};

INSTANTIATE_TEST_SUITE_P(Slurm, RunnerContract,
                         testing::Values(Factory{"slurm", [] { return std::make_unique<SlurmUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace stune::contract
