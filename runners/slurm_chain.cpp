#include "runners/slurm_chain.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "runners/slurm_options.hpp"
#include "runners/slurm_parse.hpp"
#include "runners/slurm_script.hpp"
#include "stune/error.hpp"

namespace stune::slurm {
namespace {

constexpr std::size_t generations_looked_at = 3;
constexpr Seconds too_fast{60};

std::filesystem::path place_of(const Chain& chain) { return chain.experiment / "coordinator"; }

std::string job_name(const Chain& chain) { return chain.name + "-coordinator"; }

struct SubmitCall {
  std::vector<std::string> arguments;
  Environment environment;
};

}  // namespace

UserOptions chain_options(const Environment& environment, const std::vector<std::string>& options) {
  UserOptions user = sort_options({}, typed_words(environment, options));
  if (!user.cluster.empty()) throw ConfigError("a coordinator cannot run as a job of another cluster");
  return user;
}

void write_chain(const Chain& chain, const std::filesystem::path& program, const Environment& environment,
                 const std::vector<std::string>& options) {
  const UserOptions user = chain_options(environment, options);
  std::string text = "#!/bin/sh\n#SBATCH --ntasks=1\n";
  for (const std::string& word : user.from_command_line) {
    if (word.starts_with("-")) text.append(text.ends_with("\n") ? "#SBATCH" : "\n#SBATCH");
    text.append(" ").append(quote_word(word));
  }
  if (!user.exclude.empty()) text += "\n#SBATCH --exclude=" + user.exclude;
  text += "\n# Runs the loop of an experiment. Its successor is in the queue already and waits for its end.\nexec " +
          shell_quoted(program.string()) + " resume " + shell_quoted(chain.experiment.string()) +
          " --coordinator chain ${1:+--predecessor \"$1\"}\n";
  create_folders(place_of(chain));
  replace_file(place_of(chain) / "job.sh", text, 0700);
}

namespace {

SubmitCall generation_call(const Chain& chain, const Environment& environment, const std::string& after) {
  const auto place = place_of(chain);
  std::vector<std::string> arguments{"--parsable",
                                     "--job-name=" + job_name(chain),
                                     "--output=" + job_log_pattern(place, "%j"),
                                     "--open-mode=append",
                                     "--no-requeue",
                                     "--chdir=" + chain.experiment.string()};
  if (!after.empty()) arguments.push_back("--dependency=afterany:" + after);
  arguments.push_back((place / "job.sh").string());
  if (!after.empty()) arguments.push_back(after);
  return {std::move(arguments), job_environment(environment, environment)};
}

std::vector<std::string> generations_query() {
  return {"--me", "-a", "-h", "-t", "pending,running,configuring", "-o", place_format};
}

/// A coordinator of this chain that is in the queue, other than `self`; empty if there is none; nothing where the
/// answer cannot tell. Another experiment may have the same name.
std::optional<std::string> find_generation(const CommandResult& queue, const Chain& chain, const std::string& self) {
  if (!is_good(queue)) return {};
  const PlacesAnswer answer = parse_places(queue.output);
  const std::string ours = job_name(chain) + "|" + chain.experiment.string();
  for (const PlacedJob& placed : answer.jobs) {
    if (placed.job != self && placed.place == ours) return placed.job;
  }
  return answer.whole && !queue.truncated ? std::optional(std::string()) : std::nullopt;
}

}  // namespace

std::string begin_first_generation(Interview& slurm, Clock& clock, const Chain& chain, const Environment& environment) {
  constexpr std::array pauses{Seconds{15}, Seconds{60}};
  SubmitCall call = generation_call(chain, environment, {});
  const CommandResult result = slurm.ask(Tool::sbatch, std::move(call.arguments), std::move(call.environment));
  const SbatchAnswer answer = parse_sbatch(result);
  if (const auto* submitted = std::get_if<Submitted>(&answer)) return submitted->job;
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    throw RunnerError("Slurm did not take the coordinator's job: " + refusal->text);
  }
  for (const Seconds pause : pauses) {
    const TimePoint until = later(clock.now(), pause);
    while (clock.now() < until) clock.wait({}, until);
    const CommandResult queue = slurm.ask(Tool::squeue, generations_query());
    const auto job = find_generation(queue, chain, {});
    if (job && !job->empty()) return *job;
  }
  throw RunnerError("Slurm left open whether it took the coordinator's job (" + std::get<Ambiguous>(answer).why +
                    "), and it is not in the queue now; look with: squeue --me --name=" + job_name(chain));
}

bool begin_generation(const Chain& chain, TimePoint now) {
  const auto file = place_of(chain) / "generations";
  std::string text = read_file(file).value_or("");
  text += std::to_string(now.time_since_epoch().count()) + "\n";
  replace_file(file, text);
  std::vector<TimePoint> began;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    began.emplace_back(std::chrono::microseconds(parse_integer(line).value_or(0)));
  }
  if (began.size() < generations_looked_at) return true;
  const Seconds span = now - began[began.size() - generations_looked_at];
  // Another node's clock may be ahead: then nothing is known.
  return span < Seconds{0} || span >= too_fast;
}

// ---- the successor

Successor::Successor(Commands& commands, Clock& clock, const Chain& chain, const Environment& environment,
                     std::string self)
    : commands_(commands),
      clock_(clock),
      chain_(chain),
      environment_(environment),
      self_(std::move(self)),
      channel_(commands, environment, {}) {}

void Successor::pursue() {
  const TimePoint now = clock_.now();
  if (const auto answer = channel_.take(now)) read(*answer, now);
  if (is_submitted() || !channel_.is_free() || now < due_) return;
  if (in_doubt_) {
    channel_.start(Tool::squeue, generations_query());
  } else {
    SubmitCall call = generation_call(chain_, environment_, self_);
    channel_.start(Tool::sbatch, std::move(call.arguments), std::move(call.environment));
  }
}

std::vector<std::string> Successor::budget(TimePoint now) const {
  return {"for the coordinator's successor: " + channel_.describe(now)};
}

void Successor::settle() {
  while (!channel_.is_free()) {
    const TimePoint now = clock_.now();
    if (const auto answer = channel_.take(now)) return read(*answer, now);
    const int wake = commands_.wake_fd();
    clock_.wait({&wake, 1}, commands_.next_deadline());
  }
}

void Successor::withdraw() {
  settle();
  if (in_doubt_) {
    channel_.start(Tool::squeue, generations_query());
    settle();
  }
  if (!is_submitted()) return;
  channel_.start(Tool::scancel, {std::exchange(job_, {})});
  settle();
}

void Successor::read(const Channel::Answer& answer, TimePoint now) {
  if (answer.tool == Tool::scancel) return;
  due_ = later(now, retries_.next());
  if (answer.tool == Tool::squeue) {
    const auto found = find_generation(answer.result, chain_, self_);
    if (!found) return;
    job_ = *found;
    in_doubt_ = false;
    return;
  }
  const SbatchAnswer said = parse_sbatch(answer.result);
  std::string why;
  if (const auto* submitted = std::get_if<Submitted>(&said)) {
    job_ = submitted->job;
    return;
  }
  if (const auto* ambiguous = std::get_if<Ambiguous>(&said)) {
    in_doubt_ = true;
    why = ambiguous->why;
  } else {
    why = std::get<Refusal>(said).text;
  }
  if (!std::exchange(warned_, true)) log::warn("nobody takes over yet if this job ends early; trying again: " + why);
}

}  // namespace stune::slurm
