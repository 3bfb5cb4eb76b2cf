// The contract on worker ranks: rank 0 runs the tests, the others evaluate. Start it with mpirun -n 4.
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "stune/mpi_runner.hpp"
#include "tests/contract/runner_contract.hpp"
#include "tests/contract/script_place.hpp"

namespace stune::contract {
namespace {

MpiWorld* world = nullptr;  // of this process, from main()

class MpiUnderTest : public RunnerUnderTest {
 public:
  MpiUnderTest() : place_(std::filesystem::temp_directory_path()) {
    place_.workplace().clock = &clock_;
    restart();
  }
  Runner& runner() override { return *runner_; }
  void restart() override {
    runner_ = std::make_unique<MpiRunner>(*world, MpiOptions{.stop_grace = Seconds(0.5)});
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
  std::unique_ptr<MpiRunner> runner_;
};

INSTANTIATE_TEST_SUITE_P(Mpi, RunnerContract,
                         testing::Values(Factory{"mpi", [] { return std::make_unique<MpiUnderTest>(); }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace stune::contract

int main(int argc, char** argv) {
  stune::MpiWorld ranks(argc, argv);
  if (ranks.is_worker()) return ranks.work();
  testing::InitGoogleTest(&argc, argv);
  stune::contract::world = &ranks;
  return RUN_ALL_TESTS();
}
