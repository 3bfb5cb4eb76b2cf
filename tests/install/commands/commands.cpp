// A command that is tuned on this machine, as a consumer writes it. Ctrl-C leaves what runs and can be gone on with.
#include <csignal>
#include <iostream>
#include <stune/stune.hpp>

namespace {

stune::Client* running = nullptr;

extern "C" void on_interrupt(int) { running->interrupt(); }

}  // namespace

int main() try {
  stune::Client client;
  client.configure_experiment({.name = "commands",
                               .parameters = {stune::range("x", -1.0, 2.0)},
                               .seed = 1,
                               .command = {.arguments = {"sh", "-c", "stune metric loss=$0", "{x}"}}});
  client.configure_optimization({.objective = "-loss"});
  client.configure_runner(std::make_unique<stune::LocalRunner>());

  running = &client;
  std::signal(SIGINT, on_interrupt);
  if (client.run_trials({.max_trials = 6, .parallelism = 2}) != stune::StopReason::finished) return 130;

  int completed = 0;
  for (const stune::Trial& trial : client.trials()) completed += trial.status == stune::TrialStatus::completed;
  std::cout << completed << " trials completed, best: x = " << client.get_best_parameterization().parameters.number("x")
            << '\n';
} catch (const stune::Error& e) {
  std::cerr << "commands: " << e.what() << '\n';
  return static_cast<int>(e.code());
}
