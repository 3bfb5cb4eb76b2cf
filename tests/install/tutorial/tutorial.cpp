// Closed-loop optimization of Hartmann6 on a system of one's own: a runner that deploys trials, a metric that reads
// what they left, and a client that does the rest. Killed and started again, it goes on where it was.
//
// usage: tutorial [SECONDS_PER_TRIAL]
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stune/stune.hpp>

namespace {

double hartmann6(const double (&x)[6]) {
  constexpr double alpha[4] = {1.0, 1.2, 3.0, 3.2};
  constexpr double A[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double P[4][6] = {{1312, 1696, 5569, 124, 8283, 5886},
                              {2329, 4135, 8307, 3736, 1004, 9991},
                              {2348, 1451, 3522, 2883, 3047, 6650},
                              {4047, 8828, 8732, 5743, 1091, 381}};
  double outer = 0.0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0.0;
    for (int j = 0; j < 6; ++j) inner += A[i][j] * std::pow(x[j] - 1e-4 * P[i][j], 2);
    outer += alpha[i] * std::exp(-inner);
  }
  return -outer;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Stands for an external system: a trial is a file, and is ready some seconds after it was deployed.
class FileRunner : public stune::TrialRunner {
 public:
  explicit FileRunner(double seconds_per_trial) : seconds_per_trial_(seconds_per_trial) {}

  stune::Metadata run_trial(int trial_index, const stune::Parameterization& parameters) override {
    double x[6];
    for (int j = 0; j < 6; ++j) x[j] = parameters.number("x" + std::to_string(j + 1));
    const std::string file = "result-" + std::to_string(trial_index) + ".txt";
    std::ofstream(file) << hartmann6(x) << '\n';
    return {{"file", file}, {"ready_at", std::to_string(seconds_now() + seconds_per_trial_)}};
  }

  stune::TrialStatus poll_trial(int, const stune::Metadata& metadata) override {
    const bool ready = seconds_now() >= std::stod(metadata.at("ready_at"));
    return ready ? stune::TrialStatus::completed : stune::TrialStatus::running;
  }

 private:
  double seconds_per_trial_;
};

class FileMetric : public stune::Metric {
 public:
  std::string name() const override { return "hartmann6"; }

  stune::Fetched fetch(int, const stune::Metadata& metadata) override {
    std::ifstream file(metadata.at("file"));
    double value = 0.0;
    if (!(file >> value)) return stune::NotYet{metadata.at("file") + " cannot be read"};
    return std::vector<stune::Observation>{{.metric = name(), .mean = value}};
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const double seconds_per_trial = argc > 1 ? std::stod(argv[1]) : 5.0;

  stune::Client client;
  std::vector<stune::Parameter> parameters;
  for (int j = 1; j <= 6; ++j) parameters.push_back(stune::range("x" + std::to_string(j), 0.0, 1.0));
  client.configure_experiment({.name = "hartmann6", .parameters = parameters, .seed = 1});
  client.configure_optimization({.objective = "-hartmann6"});
  client.configure_runner(std::make_unique<FileRunner>(seconds_per_trial));
  std::vector<std::unique_ptr<stune::Metric>> metrics;
  metrics.push_back(std::make_unique<FileMetric>());
  client.configure_metrics(std::move(metrics));

  client.run_trials({.max_trials = 30,
                     .parallelism = 3,
                     .tolerated_trial_failure_rate = 0.1,
                     .initial_seconds_between_polls = std::min(1.0, seconds_per_trial)});

  const stune::BestTrial best = client.get_best_parameterization();
  std::cout << "Best parameters (trial " << best.trial << "): " << to_string(best.parameters) << '\n';
  const stune::Prediction& predicted = best.outcome.at("hartmann6");
  std::cout << "Prediction: " << predicted.mean << " +- " << predicted.sem << "\n\n";
  for (const stune::Card& card : client.compute_analyses()) std::cout << to_text(card) << '\n';
} catch (const stune::Error& e) {
  std::cerr << "tutorial: " << e.what() << '\n';
  return static_cast<int>(e.code());
}
