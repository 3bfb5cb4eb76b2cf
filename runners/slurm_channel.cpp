#include "runners/slurm_channel.hpp"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <sstream>

#include "runners/slurm_parse.hpp"
#include "runners/slurm_script.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

constexpr Seconds remembered{600};

constexpr std::array tools{Tool::scontrol, Tool::sbatch, Tool::squeue, Tool::sacct, Tool::scancel, Tool::sacctmgr};

std::string find_program(const std::string& name, const Environment& environment) {
  const auto path = environment.find("PATH");
  std::istringstream folders(path != environment.end() ? path->second : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string program = (folder.empty() ? "." : folder) + "/" + name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

/// sbatch retries by itself for two minutes, and a controller with a long queue of requests takes its time.
Seconds timeout_of(Tool tool) {
  if (tool == Tool::sbatch) return Seconds{300};
  return tool == Tool::scancel ? Seconds{30} : Seconds{60};
}

}  // namespace

const char* to_string(Tool tool) {
  constexpr std::array names{"scontrol", "sbatch", "squeue", "sacct", "scancel", "sacctmgr"};
  return names[static_cast<std::size_t>(tool)];
}

Channel::Channel(Commands& commands, const Environment& current, std::string cluster)
    : commands_(commands), query_environment_(query_environment(current)), cluster_(std::move(cluster)) {
  for (const Tool tool : tools) {
    const std::string name = to_string(tool);
    std::string& program = programs_[static_cast<std::size_t>(tool)];
    program = find_program(name, current);
    if (program.empty() && tool == Tool::sacctmgr) {
      program = name;
    } else if (program.empty()) {
      throw RunnerError(name +
                        " is not in PATH, so there is no Slurm here; use --runner local, or load Slurm's module");
    }
  }
}

void Channel::start(Tool tool, std::vector<std::string> arguments, Environment environment) {
  assert(is_free());
  CommandCall call;
  if (!cluster_.empty() && tool != Tool::sacctmgr)
    arguments.insert(arguments.begin(), std::string("--clusters=") + cluster_);
  arguments.insert(arguments.begin(), programs_[static_cast<std::size_t>(tool)]);
  call.arguments = std::move(arguments);
  call.environment = environment.empty() ? query_environment_ : std::move(environment);
  call.timeout = timeout_of(tool);
  running_ = Running{commands_.start(std::move(call)), tool};
}

std::optional<Channel::Answer> Channel::take(TimePoint now) {
  std::optional<Answer> answer;
  for (auto& [id, result] : commands_.finished()) {
    if (!running_ || id != running_->id) continue;
    CommandCount& count = counts_[to_string(running_->tool)];
    ++count.calls;
    if (!is_good(result)) ++count.failures;
    count.elapsed += result.elapsed;
    count.slowest = std::max(count.slowest, result.elapsed);
    if (!first_answer_) first_answer_ = now;
    if (running_->tool != Tool::sbatch && running_->tool != Tool::scancel) queries_.push_back(now);
    while (!queries_.empty() && now - queries_.front() > remembered) queries_.pop_front();
    answer = Answer{running_->tool, std::move(result)};
    running_.reset();
  }
  return answer;
}

std::string Channel::describe(TimePoint now) const {
  if (!first_answer_) return "nothing asked yet";
  const auto recent =
      std::count_if(queries_.begin(), queries_.end(), [&](TimePoint t) { return now - t <= remembered; });
  const Seconds span = std::clamp(Seconds(now - *first_answer_), Seconds{60}, remembered);
  int failures = 0;
  Seconds slowest{0};
  std::string calls;
  for (const auto& [program, count] : counts_) {
    failures += count.failures;
    slowest = std::max(slowest, count.slowest);
    calls.append(calls.empty() ? "" : ", ").append(std::to_string(count.calls)).append(" ").append(program);
  }
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), "%.1f queries/min, ", 60.0 * static_cast<double>(recent) / span.count());
  std::array<char, 64> tail{};
  std::snprintf(tail.data(), tail.size(), "); slowest answer %.2g s", slowest.count());
  return std::string(head.data())
      .append(std::to_string(failures))
      .append(" failed (in all ")
      .append(calls)
      .append(tail.data());
}

}  // namespace stune::slurm
