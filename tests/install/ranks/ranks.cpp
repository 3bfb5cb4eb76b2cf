// A function that MPI ranks evaluate, as a consumer writes it. Start it with mpirun.
#include <iostream>
#include <stune/mpi_runner.hpp>
#include <stune/stune.hpp>

int main(int argc, char** argv) {
  stune::MpiWorld world(argc, argv);
  const auto function = [](const stune::Parameterization& p, stune::MpiTrial&) -> stune::MpiResults {
    const double x = p.number("x");
    return {{"loss", (x - 0.3) * (x - 0.3)}};
  };
  if (world.is_worker()) return world.work(function);

  stune::Client client;
  client.configure_experiment({.name = "ranks", .parameters = {stune::range("x", 0.0, 1.0)}});
  client.configure_optimization({.objective = "-loss"});
  client.configure_runner(std::make_unique<stune::MpiRunner>(world));
  client.run_trials({.max_trials = 20, .parallelism = world.workers()});
  const auto best = client.get_best_parameterization();
  std::cout << "best: x = " << best.parameters.number("x") << "\n";
}
