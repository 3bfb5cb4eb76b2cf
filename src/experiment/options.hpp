/// \file What an experiment is (never changes) and how it is run (may be changed while it runs).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "experiment/search_space.hpp"
#include "stune/hdf5_metric.hpp"
#include "stune/objective.hpp"
#include "stune/runner.hpp"

namespace stune {

/// Fixed when the experiment begins. A run with another definition is refused.
struct Definition {
  std::string id{};  ///< unique, random; begins every submission's token
  std::string name{};
  std::string description{};
  SearchSpace space{};
  OptimizationConfig optimization{};
  std::vector<std::pair<std::string, Hdf5Source>> metrics{};  ///< all metrics read, by name
  Command command{};                                          ///< empty where a user's own runner places trials
  std::filesystem::path working_directory{};                  ///< empty: each trial in its own folder
  std::uint64_t seed = 0;
  std::string method = "fast";  ///< fast, random, sobol
  int initial = 0;              ///< quasi-random trials before the model; 0: chosen from dimension and budget
};

inline constexpr int no_end = 1000000;  ///< trials: who asks for them decides when it is enough

/// How it is run. Journaled whole whenever it changes.
struct RunOptions {
  int trials = 0;                       ///< end after so many finished trials that count; 0: must be given
  int parallel = 1;                     ///< jobs queued and running, at most
  bool automatic_parallel = false;      ///< nobody said `parallel`: each run chooses it, and records what it chose
  double tolerated_failure_rate = 0.5;  ///< give up above this; checked from 5 failures on, and at the end
  std::string runner = "auto";          ///< auto, local, slurm, mpi
  std::vector<std::string> sbatch_options{};
  Seconds poll_start{0};  ///< 0: the runner's own
  double poll_growth = 1.5;
  Seconds poll_cap{0};          ///< 0: the runner's own
  Seconds max_run_time{0};      ///< of one run; 0: none
  Seconds trial_time_limit{0};  ///< 0: none
  Seconds metric_grace{0};      ///< how long NotYet is believed; 0: Runner::visibility_delay()
  int cpus_per_trial = 0;
  int gpus_per_trial = 0;
  int ranks_per_trial = 1;          ///< with MPI
  std::string trial_env = "clean";  ///< with MPI: clean, or inherit what the launcher set
  double submit_rate = 1.0;         ///< submissions per second in the long run; 0: no limit
  std::string on_timeout = "fail";  ///< as parse_escalation() reads it; so is on_oom
  std::string on_oom = "fail";
  std::string keep = "all";        ///< whose trials' folders stay, as parse_keep() reads it
  int infrastructure_retries = 5;  ///< free attempts per trial after infrastructure failures

  bool operator==(const RunOptions&) const = default;
};

}  // namespace stune
