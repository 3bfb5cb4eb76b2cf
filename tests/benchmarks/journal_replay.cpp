/// \file How long a large experiment takes to come back, and how much memory it needs.
///
///     journal_replay [trials = 100000] [parameters = 20]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>

#include "experiment/experiment.hpp"
#include "storage/journal.hpp"

namespace {

using namespace stune;

Definition definition(int parameters) {
  std::vector<Parameter> space;
  for (int i = 0; i < parameters; ++i) space.push_back(range(std::string(1, 'x').append(std::to_string(i)), 0.0, 1.0));
  Definition definition;
  definition.id = "benchmark";
  definition.space = SearchSpace(std::move(space));
  definition.optimization.objectives = {{"loss", true}};
  return definition;
}

/// An uneventful trial: four events.
std::vector<Event> trial_events(int trial, const Names& names, std::mt19937_64& generator) {
  std::uniform_real_distribution<double> uniform;
  std::vector<Value> values(names->size());
  for (Value& value : values) value = uniform(generator);
  const std::string token = "benchmark-" + std::to_string(trial) + "-x7w2";
  const TimePoint at{std::chrono::microseconds(1'800'000'000'000'000 + trial)};
  Ending ending;
  ending.cause = Cause::completed;
  ending.host = "node012";
  ending.started = at;
  ending.ended = at;
  ending.cpu_seconds = 100 * uniform(generator);
  ending.peak_memory = 123'456'789;
  return {
      {0, at, TrialCreated{trial, Parameterization(names, values), "GP", 0, false}},
      {0, at, SubmissionIntended{token, {{trial, 0}}}},
      {0, at, JobReported{{trial, 0}, JobState::running, {}, Metadata{{"job", "cluster:" + std::to_string(trial)}}}},
      {0, at, TrialEnded{trial, TrialStatus::completed, "", ending, {{"loss", final_step, uniform(generator), 0.01}}}}};
}

void write_journal(const std::filesystem::path& path, int trials, int parameters) {
  std::mt19937_64 generator(1);
  Journal journal = Journal::open(path, [](const Event&) {});
  const Definition created = definition(parameters);
  std::vector<Event> events{{0, {}, ExperimentCreated{created, {}}}};
  for (int trial = 0; trial < trials; ++trial) {
    for (Event& event : trial_events(trial, created.space.names(), generator)) events.push_back(std::move(event));
    if (events.size() < 1000 && trial + 1 < trials) continue;
    journal.append(events);
    events.clear();
  }
}

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(const char* what, const std::filesystem::path& path, const EventHandler& handle) {
  const double cpu = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  const Replayed found = replay(path, handle);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  std::printf("%-22s %llu events, %.1f MB in %.2f s (CPU %.2f s), peak RSS %.0f MB\n", what,
              static_cast<unsigned long long>(found.events), static_cast<double>(found.good_bytes) / 1e6, time.count(),
              cpu_seconds() - cpu, peak_megabytes());
}

}  // namespace

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int parameters = argc > 2 ? std::atoi(argv[2]) : 20;
  const auto folder = std::filesystem::temp_directory_path() / ("journal_replay." + std::to_string(::getpid()));
  const auto path = folder / "journal.jsonl";
  std::filesystem::create_directories(folder);
  // In a process of its own, so that its memory is not counted.
  if (const pid_t writer = ::fork(); writer == 0) {
    write_journal(path, trials, parameters);
    std::_Exit(0);
  } else {
    ::waitpid(writer, nullptr, 0);
  }

  measure("read only:", path, [](const Event&) {});
  Experiment experiment;
  measure("into an Experiment:", path, [&](const Event& event) { experiment.apply(event); });
  std::printf("%d trials completed\n", experiment.count(TrialStatus::completed));
  std::filesystem::remove_all(folder);
}
