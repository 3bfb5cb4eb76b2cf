/// \file What a Client is told: the experiment, what is wanted of it, and how it is run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stune/parameter.hpp"
#include "stune/runner.hpp"

namespace stune {

struct ExperimentConfig {
  std::string name{};
  std::vector<Parameter> parameters{};
  std::string description{};
  std::vector<std::string> parameter_constraints{};  ///< "x1 + x2 <= 1.5"; none is supported yet
  std::filesystem::path folder{};                    ///< empty: <name>.stune in the current folder
  std::uint64_t seed = 0;                            ///< equal seeds give equal trials
  /// What a trial runs, with LocalRunner, SlurmRunner and MpiRunner: {.script = "train.sh"}, whose #SBATCH lines Slurm
  /// sees, or {.arguments = {"python", "train.py", "--lr", "{lr}"}}. It starts in the current folder.
  Command command{};
  std::filesystem::path node_program{};  ///< stune-node, below which commands run; empty: as installed with the library
};

struct OptimizationOptions {
  std::string objective{};  ///< "accuracy" maximizes, "-loss" minimizes
  std::vector<std::string> outcome_constraints{};
};

struct OrchestrationConfig {
  int max_trials = 0;  ///< in all, over all runs: a second call finishes what a first began
  int parallelism = 1;
  double tolerated_trial_failure_rate = 0.5;
  /// How often a TrialRunner is asked for its trials: first, by what it grows while nothing changes, and at most. Other
  /// runners know it themselves.
  double initial_seconds_between_polls = 1;
  double seconds_between_polls_backoff_factor = 1.5;
  double longest_seconds_between_polls = 60;  ///< where the first is longer, that
};

}  // namespace stune
