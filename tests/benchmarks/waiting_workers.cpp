/// \file How long workers wait for the optimizer in a real run: the whole loop, with a thread that chooses trials, and
/// trials that only take time.
///
///     waiting_workers [--workers 64] [--trials 1000] [--seconds 1] [--problem hartmann6]
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "problems.hpp"
#include "stune/client.hpp"

namespace {

using namespace stune;
using namespace stune::benchmarks;

struct Options {
  std::string problem = "hartmann6";
  int workers = 64;
  int trials = 1000;
  double seconds = 1;  ///< of a trial, on average; from half to one and a half of it
};

/// What the run costs those who wait.
struct Waiting {
  double worked = 0;  ///< seconds of workers
  double waited = 0;  ///< from the end of a worker's trial, or the start of the run, to its next trial
  double lowest;      ///< value seen
};

TimePoint now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

class SimulatedWorkers : public Runner {
 public:
  SimulatedWorkers(const Problem& problem, const Options& options, Waiting& waiting)
      : problem_(problem), options_(options), waiting_(waiting) {}

  void open(const Workplace&) override { idle_since_.assign(static_cast<std::size_t>(options_.workers), now()); }
  int capacity() const override { return static_cast<int>(idle_since_.size()); }
  int max_batch() const override { return options_.workers; }
  void submit(std::vector<Submission> submissions) override {
    for (const Submission& submission : submissions) {
      for (const Job& job : submission.jobs) start(job);
    }
  }
  void adopt(std::vector<Submission>) override {}
  void stop(std::span<const AttemptId>) override {}
  std::vector<JobReport> poll(TimePoint time) override {
    std::vector<JobReport> news = std::move(started_);
    started_.clear();
    for (; !running_.empty() && running_.begin()->first <= time; running_.erase(running_.begin())) {
      const auto& [end, trial] = *running_.begin();
      idle_since_.push_back(end);
      news.push_back({trial.id, JobState::ended, trial.ending, {}, {{"loss", final_step, trial.loss}}, {}});
    }
    return news;
  }
  TimePoint next_poll() const override {
    if (!started_.empty()) return {};
    return running_.empty() ? TimePoint::max() : running_.begin()->first;
  }

 private:
  struct Running {
    AttemptId id;
    Ending ending;
    double loss;
  };

  void start(const Job& job) {
    const double share = std::uniform_real_distribution<double>(0.5, 1.5)(generator_);
    const auto duration = std::chrono::round<std::chrono::microseconds>(Seconds(share * options_.seconds));
    const TimePoint begin = now();
    waiting_.waited += Seconds(begin - idle_since_.front()).count();
    waiting_.worked += Seconds(duration).count();
    idle_since_.pop_front();
    Ending ending;
    ending.cause = Cause::completed;
    ending.started = begin;
    ending.ended = begin + duration;
    const double value = problem_.value(numbers(problem_, job.parameters));
    waiting_.lowest = std::min(waiting_.lowest, value);
    running_.emplace(*ending.ended, Running{job.id, ending, value});
    started_.push_back({job.id, JobState::running, {}, {}, {}, {}});
  }

  const Problem& problem_;
  Options options_;
  Waiting& waiting_;
  std::mt19937_64 generator_{1};
  std::deque<TimePoint> idle_since_;
  std::multimap<TimePoint, Running> running_;
  std::vector<JobReport> started_;
};

void run(const Options& options) {
  const Problem& tuned = problem(options.problem);
  const auto folder = std::filesystem::temp_directory_path() / ("waiting_workers." + std::to_string(::getpid()));
  Waiting waiting{.lowest = std::numeric_limits<double>::infinity()};
  {
    Client client;
    client.configure_experiment({.name = "waiting", .parameters = tuned.parameters, .folder = folder, .seed = 1});
    client.configure_optimization({.objective = "-loss"});
    client.configure_runner(std::make_unique<SimulatedWorkers>(tuned, options, waiting));
    client.configure_metrics({});
    Progress silent;
    client.run_trials({.max_trials = options.trials, .parallelism = options.workers}, &silent);
  }
  std::filesystem::remove_all(folder);
  std::printf("%s, %d workers, %d trials of %g s: workers wait %.2f %% of the time; regret %.3g\n", tuned.name.c_str(),
              options.workers, options.trials, options.seconds,
              100 * waiting.waited / (waiting.waited + waiting.worked), waiting.lowest - tuned.optimum());
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("How long workers wait for the optimizer");
  Options options;
  app.add_option("--problem", options.problem, "name");
  app.add_option("--workers", options.workers, "trials at a time")->check(CLI::PositiveNumber);
  app.add_option("--trials", options.trials, "in all")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "of a trial, on average")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  run(options);
} catch (const std::exception& error) {
  std::fprintf(stderr, "waiting_workers: %s\n", error.what());
  return 1;
}
