// The contract on worker ranks: rank 0 runs the tests, the others evaluate. Start it with mpirun -n 4.
#include <gmock/gmock.h>

#include "base/clock.hpp"
#include "stune/error.hpp"
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

TEST(MpiWorkers, ThatCannotRunTrialsSayWhyInsteadOfDying) {
  SystemClock clock;
  ScriptPlace place(std::filesystem::temp_directory_path());
  place.workplace().clock = &clock;
  place.prepare({0, 0});
  std::filesystem::remove_all(place.workplace().folder / "bin");
  MpiRunner runner(*world);
  runner.open(place.workplace());
  runner.submit({{"token", {{{0, 0}, {}, 0, {}, {}}}}});
  std::string why;

  const TimePoint deadline = clock.now() + std::chrono::seconds(60);
  while (why.empty() && clock.now() < deadline) {
    try {
      runner.poll(clock.now());
      const int fd = runner.wake_fd();
      clock.wait({&fd, 1}, runner.next_poll());
    } catch (const RunnerError& e) {
      why = e.what();
    }
  }

  EXPECT_THAT(why, testing::HasSubstr("cannot run"));
  EXPECT_THAT(why, testing::HasSubstr("no worker rank is left"));
}

}  // namespace
}  // namespace stune::contract

int main(int argc, char** argv) {
  stune::MpiWorld ranks(argc, argv);
  if (ranks.is_worker()) return ranks.work();
  testing::InitGoogleMock(&argc, argv);
  stune::contract::world = &ranks;
  return RUN_ALL_TESTS();
}
