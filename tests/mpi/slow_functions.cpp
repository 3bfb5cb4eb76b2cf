// Thirty trials that are functions on worker ranks, none of them quick. Started again, it goes on where it was.
#include <chrono>
#include <thread>

#include "stune/mpi_runner.hpp"
#include "stune/stune.hpp"

int main(int argc, char** argv) {
  stune::MpiWorld world(argc, argv);
  const auto function = [](const stune::Parameterization& p, stune::MpiTrial&) -> stune::MpiResults {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    return {{"loss", p.number("x")}};
  };
  if (world.is_worker()) return world.work(function);

  stune::Client client;
  client.configure_experiment({.name = "functions", .parameters = {stune::range("x", 0.0, 1.0)}});
  client.configure_optimization({.objective = "-loss"});
  client.configure_runner(std::make_unique<stune::MpiRunner>(world));
  client.run_trials({.max_trials = 30, .parallelism = 2 * world.workers()});
}
